import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { TraceDetail, TracePage, TraceQuery } from '@relay/contracts';
import { decisionsForTenant, CLOCK, type Clock, RelayError, traceIdTime, within } from '@relay/core';
import { DataSource } from 'typeorm';
import { decodeCursor, encodeCursor } from './domain/trace-cursor';
import { toTraceDetail, toTraceRow } from './persistence/trace-mapper';
import { detailQuery, listQuery, type SqlQuery } from './persistence/trace-queries';
import type { TraceDetailRow, TraceListRow } from './persistence/trace-rows';
import { TraceRecorder } from './trace.recorder';

/** How long a reader waits for traces that this process has just recorded. */
const READ_YOUR_WRITES_MS = 250;

/** Reads traces. `tenantScope` limits the reader to one tenant; `null` means all. */
@Injectable()
export class TraceStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Newest first. Throws `invalid_request` for a cursor that is not one of ours. */
  async list(query: TraceQuery, tenantScope: string | null): Promise<TracePage> {
    const after = query.cursor === undefined ? null : parseCursor(query.cursor);
    const rows = await this.read<TraceListRow>(listQuery(query, tenantScope, after));
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      data: page.map(toTraceRow),
      nextCursor: rows.length > query.limit && last ? encodeCursor(last.id) : null,
    };
  }

  /** `null` if there is none, or none that the reader may see. */
  async get(id: string, tenantScope: string | null): Promise<TraceDetail | null> {
    const at = traceIdTime(id);
    if (at === undefined) return null;
    const [row] = await this.read<TraceDetailRow>(detailQuery(id, at, tenantScope));
    if (!row) return null;
    const detail = toTraceDetail(row);
    return tenantScope === null ? detail : { ...detail, decisions: decisionsForTenant(detail.decisions) };
  }

  private async read<Row>(query: SqlQuery): Promise<Row[]> {
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
    return this.dataSource.query<Row[]>(query.text, [...query.values]);
  }
}

function parseCursor(cursor: string): { readonly id: string; readonly at: number } {
  const position = decodeCursor(cursor);
  if (position === undefined) throw new RelayError('invalid_request', 'The cursor is not valid.', { param: 'cursor' });
  return position;
}
