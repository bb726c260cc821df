import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { CacheLookUps, CacheSimilarityQuery } from '@relay/contracts';
import { CLOCK, type Clock, within } from '@relay/core';
import { DataSource } from 'typeorm';
import { timeRange } from '../domain/time-range';
import { TraceReader } from '../persistence/trace-reader';
import { TraceRecorder } from '../trace.recorder';
import { lookUpsQuery, type LookUpsRow, MAX_REQUESTS } from './look-ups.sql';
import { measuredLookUps } from './measured-look-ups';

/** How long a reader waits for traces that this process has just recorded. */
const READ_YOUR_WRITES_MS = 250;
/** By PostgreSQL's clock. */
const TIMEOUT_MS = 10_000;

/** How alike questions were to those that were stored. */
export interface SeenLookUps {
  readonly from: string;
  readonly to: string;
  readonly requests: number;
  readonly readFrom: string | null; // the oldest that was read, where there were more than are read
  readonly measures: CacheLookUps[];
}

/** Reads from the traces what came of looking for like questions. */
@Injectable()
export class LookUpsStore {
  private readonly reader: TraceReader;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.reader = new TraceReader(dataSource, TIMEOUT_MS);
  }

  /** The last 24 hours, unless the query says otherwise; the newest 100,000 requests of it. Throws `unavailable` where it takes too long. */
  async read(query: CacheSimilarityQuery, tenantScope: string | null): Promise<SeenLookUps> {
    const { from, to } = timeRange(query, this.clock.now());
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
    const asked = lookUpsQuery(new Date(from), new Date(to), query.tenant ?? null, tenantScope);
    const [row] = await this.reader.read<LookUpsRow>(asked);
    const { requests = 0, oldest = null, look_ups, thresholds } = row ?? {};
    return {
      ...{ from, to, requests },
      readFrom: requests < MAX_REQUESTS ? null : (oldest?.toISOString() ?? null),
      measures: measuredLookUps(look_ups ?? [], thresholds ?? []),
    };
  }
}
