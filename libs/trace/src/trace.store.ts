import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { TraceDetail, TracePage, TraceQuery, TraceRow, TraceSort } from '@relay/contracts';
import { decisionsForTenant, CLOCK, type Clock, RelayError, traceIdTime, within } from '@relay/core';
import { DataSource } from 'typeorm';
import { timeRange } from './domain/time-range';
import { decodeCursor, encodeCursor, type TracePosition } from './domain/trace-cursor';
import { toTraceDetail } from './persistence/trace-mapper';
import { TracePages } from './persistence/trace-pages';
import { detailQuery } from './persistence/trace-queries';
import { TraceReader } from './persistence/trace-reader';
import type { TraceDetailRow } from './persistence/trace-rows';
import { PayloadVault } from './payloads/payload-vault';
import { TraceRecorder } from './trace.recorder';

/** How long a reader waits for traces that this process has just recorded. */
const READ_YOUR_WRITES_MS = 1_000;

/** What pages are sorted by beside the time, if by something else. */
const SORT_VALUE = {
  newest: () => undefined,
  oldest: () => undefined,
  slowest: ({ totalMs }) => String(totalMs),
  dearest: ({ costUsd }) => costUsd ?? undefined,
} as const satisfies Record<TraceSort, (row: TraceRow) => string | undefined>;

/** Reads traces. `tenantScope` limits the reader to one tenant; `null` means all. */
@Injectable()
export class TraceStore {
  private readonly reader: TraceReader;
  private readonly pages: TracePages;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    private readonly payloads: PayloadVault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.reader = new TraceReader(dataSource);
    this.pages = new TracePages(this.reader, clock);
  }

  /**
   * One page. Throws `invalid_request` for a cursor that is not one of ours, `unavailable` for a question that takes too long. Those
   * sorted by something else than time look at a day where no time is given: the order can only be found in all of it.
   */
  async list(query: TraceQuery, tenantScope: string | null): Promise<TracePage> {
    const { limit, cursor, sort, ...filter } = query;
    const after = cursor === undefined ? null : parseCursor(cursor, sort);
    const isByTime = sort === 'newest' || sort === 'oldest';
    const bounded = isByTime ? filter : { ...filter, ...timeRange(filter, this.clock.now()) };
    await this.catchUp();
    const rows = await this.pages.read({ filter: bounded, tenantScope, sort, after, rows: limit + 1 });
    const data = rows.slice(0, limit);
    const last = data.at(-1);
    return { data, nextCursor: rows.length > limit && last ? encodeCursor(last.id, SORT_VALUE[sort](last)) : null };
  }

  /** `null` if there is none, or none that the reader may see. */
  async get(id: string, tenantScope: string | null): Promise<TraceDetail | null> {
    const at = traceIdTime(id);
    if (at === undefined) return null;
    await this.catchUp();
    const [row] = await this.reader.read<TraceDetailRow>(detailQuery(id, at, tenantScope));
    if (!row) return null;
    const detail = toTraceDetail(row, this.payloads.open(row));
    return tenantScope === null ? detail : { ...detail, decisions: decisionsForTenant(detail.decisions) };
  }

  private async catchUp(): Promise<void> {
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
  }
}

function parseCursor(cursor: string, sort: TraceSort): TracePosition {
  const position = decodeCursor(cursor);
  const needsValue = sort === 'slowest' || sort === 'dearest';
  if (position === undefined || (position.value !== undefined) !== needsValue)
    throw new RelayError('invalid_request', 'The cursor is not valid, or was made for another order.', {
      param: 'cursor',
    });
  return position;
}
