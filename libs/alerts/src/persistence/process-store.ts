import type { SystemProcess } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** What a process said longer ago, ms, does not count: it says it again every half minute. */
export const PULSE_FRESH_MS = 120_000;
/** Processes that were not seen for so long, ms, are forgotten. */
const FORGET_MS = 3_600_000;
const MAX_LISTED = 500;

/** What a process says of itself. */
export type Pulse = Omit<SystemProcess, 'seenAt'>;

interface Row {
  readonly id: string;
  readonly roles: string[];
  readonly version: string;
  readonly started_at: Date;
  readonly seen_at: Date;
  readonly pulse: Pick<SystemProcess, 'spool' | 'openBreakers'>;
}

/** The processes of this relay, as they last said. */
@Injectable()
export class ProcessStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async tell({ id, roles, version, startedAt, spool, openBreakers }: Pulse): Promise<void> {
    const now = this.clock.now();
    await this.dataSource.query(
      `INSERT INTO relay_processes (id, roles, version, started_at, seen_at, pulse) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, pulse = excluded.pulse`,
      [id, roles, version, startedAt, new Date(now), JSON.stringify({ spool, openBreakers })],
    );
    await this.dataSource.query('DELETE FROM relay_processes WHERE seen_at < $1', [new Date(now - FORGET_MS)]);
  }

  /** One that ends is not there any more at once. */
  async leave(id: string): Promise<void> {
    await this.dataSource.query('DELETE FROM relay_processes WHERE id = $1', [id]);
  }

  async list(): Promise<SystemProcess[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT id, roles, version, started_at, seen_at, pulse FROM relay_processes WHERE seen_at >= $1
       ORDER BY started_at, id LIMIT ${MAX_LISTED}`,
      [new Date(this.clock.now() - PULSE_FRESH_MS)],
    );
    return rows.map(({ started_at: startedAt, seen_at: seenAt, pulse, ...row }) => ({
      ...row,
      ...{ startedAt: startedAt.toISOString(), seenAt: seenAt.toISOString() },
      ...{ spool: pulse.spool, openBreakers: pulse.openBreakers },
    }));
  }
}
