import type { ClientBase } from 'pg';
import type { DataSource } from 'typeorm';
import { ensureDailyPartitions, sqlState } from '@relay/database';
import type { LineBatch } from '../domain/line-batch';
import { INSERT_TRACES } from './insert-traces.sql';

const DAY_MS = 86_400_000;
/** Days that are known to have partitions; far more than any retention. */
const MAX_KNOWN_DAYS = 4_096;

/** SQLSTATE: `no partition of relation found for row` is a check violation. */
const NO_PARTITION = '23514';

/** Writes batches of lines with one statement each. */
export class TraceInserter {
  private readonly knownDays = new Set<number>();

  constructor(private readonly dataSource: DataSource) {}

  /** Lines `from` up to `to`; those that are stored already are left as they are. */
  async insert(lines: LineBatch, from: number, to: number): Promise<void> {
    try {
      await this.insertOnce(lines, from, to);
    } catch (error) {
      if (sqlState(error) !== NO_PARTITION || this.knownDays.size === 0) throw error;
      this.knownDays.clear(); // one that was known was dropped meanwhile
      await this.insertOnce(lines, from, to);
    }
  }

  private async insertOnce(lines: LineBatch, from: number, to: number): Promise<void> {
    await this.ensurePartitions(lines, from, to);
    const runner = this.dataSource.createQueryRunner();
    try {
      // The client itself: TypeORM would log a failed statement with its parameter, the rows of a whole batch.
      const client = (await runner.connect()) as ClientBase;
      await client.query(INSERT_TRACES, [lines.jsonArray(from, to)]);
    } finally {
      await runner.release();
    }
  }

  private async ensurePartitions(lines: LineBatch, from: number, to: number): Promise<void> {
    for (let i = from; i < to; i++) {
      const time = lines.time(i);
      if (time === undefined) continue; // refused by the insert
      const day = Math.floor(time / DAY_MS);
      if (this.knownDays.has(day)) continue;
      await ensureDailyPartitions(this.dataSource, new Date(day * DAY_MS), 1);
      if (this.knownDays.size >= MAX_KNOWN_DAYS) this.knownDays.clear();
      this.knownDays.add(day);
    }
  }
}
