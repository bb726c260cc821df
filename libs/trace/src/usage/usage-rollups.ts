import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource, type EntityManager } from 'typeorm';
import { clearSql, countHourSql, sumDaySql, TOUCH_MISCOUNTED } from './rollup.sql';
import type { Grain } from './usage-columns';
import { clearMarginsSql, sumMarginsSql, sumTenantsSql, withoutAllSql } from './usage-margins.sql';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Workers that roll up at the same time take turns on this advisory lock ("USAG" in ASCII). */
const ADVISORY_LOCK = 0x55534147;
/** A round ends after so long, whatever is left: the next one goes on, ms. */
const ROUND_MS = 30_000;
/** An hour that is not over is counted again when so many times as long has passed as counting took. */
const REST_FACTOR = 20;
/** Hours of which is kept how long they took; the oldest are forgotten. */
const MAX_PACED = 48;
/** Days back that are looked at for sums that are missing: a worker that was down over a holiday finds them. */
const LOOK_BACK_DAYS = 35;
/** Hours are kept so long; the sums of their days for ever. */
const HOURS_KEPT_DAYS = 400;
/** For sorting and grouping an hour, kB; what is more goes to files. */
const WORK_MEMORY_KB = 32_768;
const TAGGED = [false, true] as const;

export interface RollupRound {
  readonly hours: number;
  readonly days: number;
  /** Somebody else is at it. */
  readonly busy: boolean;
}

interface Pace {
  readonly at: number; // monotonic ms
  readonly tookMs: number;
}

/**
 * Counts usage by hour and day from the traces. Hours whose traces have changed are marked by the statement that stores them
 * (usage_touched); one is counted anew in a transaction that takes its marks away, so that a worker that dies has changed nothing. Reading
 * goes by the same marks: what is not counted yet is read from the traces.
 */
@Injectable()
export class UsageRollups {
  private readonly logger = new Logger(UsageRollups.name);
  private readonly paces = new Map<number, Pace>();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Everything that is marked, the latest first; hours that are not over only where it was long enough ago. */
  async run(): Promise<RollupRound> {
    const since = this.clock.monotonic();
    let [hours, days] = [0, 0];
    for (const hour of await this.touchedHours()) {
      if (this.clock.monotonic() - since > ROUND_MS) break;
      if (this.isResting(hour)) continue;
      const rolled = await this.tried(hour, () => this.roll(hour));
      if (rolled === false) return { hours, days, busy: true };
      if (rolled === true) hours++;
    }
    for (const day of await this.missingDays()) {
      if (this.clock.monotonic() - since > ROUND_MS) break;
      if ((await this.tried(day, () => this.close(day))) === true) days++;
    }
    await this.sumTenants(since);
    return { hours, days, busy: false };
  }

  /** What an earlier version summed has no sums of all tenants together: it is read from those of each until then. */
  private async sumTenants(since: number): Promise<void> {
    const now = this.clock.now();
    for (const [grain, lastDays] of [
      ['daily', HOURS_KEPT_DAYS],
      ['hourly', LOOK_BACK_DAYS],
    ] as const) {
      const from = Math.floor(now / DAY_MS - lastDays) * DAY_MS;
      const rows: { at: Date }[] = await this.dataSource.query(withoutAllSql(grain), [new Date(from), new Date(now)]);
      for (const { at } of rows) {
        if (this.clock.monotonic() - since > ROUND_MS) return;
        await this.tried(at.getTime(), () => this.sumTenantsAt(grain, at));
      }
    }
  }

  /** Looked at anew in its turn: another worker may have summed it meanwhile. */
  private async sumTenantsAt(grain: Grain, at: Date): Promise<boolean> {
    const summed = await this.inTurn(async (transaction) => {
      const left: unknown[] = await transaction.query(withoutAllSql(grain), [at, at]);
      if (left.length > 0) await transaction.query(sumTenantsSql(grain), [at]);
      return true;
    });
    return summed === true;
  }

  /**
   * Traces before `time` are about to be dropped: what is not counted of them is counted now, and those hours are never counted anew. Rejects
   * where that cannot be done; the traces must then stay.
   */
  async freezeBefore(time: number): Promise<void> {
    const before = new Date(Math.floor(time / DAY_MS) * DAY_MS);
    for (const hour of await this.touchedHours()) {
      if (hour < before.getTime() && !(await this.roll(hour)))
        throw new Error('usage of traces that are to be dropped is being counted by another worker');
    }
    await this.dataSource.query('UPDATE usage_state SET frozen_before = greatest(frozen_before, $1::timestamptz)', [
      before,
    ]);
    for (const table of ['usage_hourly', 'usage_tags_hourly', 'usage_margins_hourly'])
      await this.dataSource.query(
        `DELETE FROM ${table} WHERE at < $1::timestamptz AND (at AT TIME ZONE 'UTC')::date IN (SELECT day FROM usage_days)`,
        [new Date(this.clock.now() - HOURS_KEPT_DAYS * DAY_MS)],
      );
  }

  /** Null: it failed, and is tried again in the next round; what others need is not held up by it. */
  private async tried(time: number, work: () => Promise<boolean>): Promise<boolean | null> {
    try {
      return await work();
    } catch (error) {
      this.logger.error(`Usage of ${new Date(time).toISOString()} could not be counted: ${String(error)}`);
      return null;
    }
  }

  private async touchedHours(): Promise<number[]> {
    const rows: { hour: Date }[] = await this.dataSource.query(
      'SELECT DISTINCT hour FROM usage_touched ORDER BY hour DESC',
    );
    return rows.map(({ hour }) => hour.getTime());
  }

  private isResting(hour: number): boolean {
    const pace = this.paces.get(hour);
    if (pace === undefined || this.clock.now() >= hour + HOUR_MS) return false;
    return this.clock.monotonic() - pace.at < REST_FACTOR * pace.tookMs;
  }

  /** False: another worker is rolling up. */
  private async roll(hour: number): Promise<boolean> {
    const since = this.clock.monotonic();
    const done = await this.inTurn((transaction) => this.countHour(transaction, hour));
    if (done === null) return false;
    this.paces.delete(hour);
    this.paces.set(hour, { at: this.clock.monotonic(), tookMs: this.clock.monotonic() - since });
    const [oldest] = this.paces.keys();
    if (this.paces.size > MAX_PACED && oldest !== undefined) this.paces.delete(oldest);
    return true;
  }

  /** The marks first: a trace that is stored meanwhile brings a mark of its own, and its hour is counted again. */
  private async countHour(transaction: EntityManager, hour: number): Promise<true> {
    const at = new Date(hour);
    await transaction.query('DELETE FROM usage_touched WHERE hour = $1::timestamptz', [at]);
    const [state]: { frozen: boolean }[] = await transaction.query(
      'SELECT $1::timestamptz < frozen_before AS frozen FROM usage_state',
      [at],
    );
    if (state?.frozen) {
      this.logger.warn(`Traces of ${at.toISOString()} came after that day was dropped: they are in no usage`);
      return true;
    }
    for (const tagged of TAGGED) {
      await transaction.query(clearSql('hourly', tagged), [at]);
      await transaction.query(countHourSql(tagged), [at]);
    }
    await this.sumMargins(transaction, 'hourly', at);
    const day = Math.floor(hour / DAY_MS) * DAY_MS;
    const sums: unknown[] = await transaction.query('SELECT FROM usage_days WHERE day = $1::date', [isoDay(day)]);
    if (sums.length > 0) await this.sumDay(transaction, day);
    return true;
  }

  /** Days that are over, have hours, and no sums; those with marked hours come when these are counted. */
  private async missingDays(): Promise<number[]> {
    const today = Math.floor(this.clock.now() / DAY_MS) * DAY_MS;
    const rows: { day: Date }[] = await this.dataSource.query(
      `SELECT day FROM generate_series($1::timestamptz, $2::timestamptz, interval '24 hours') AS series(day)
       WHERE NOT EXISTS (SELECT FROM usage_days known WHERE known.day = (series.day AT TIME ZONE 'UTC')::date)
         AND EXISTS (SELECT FROM usage_hourly WHERE at >= series.day AND at < series.day + interval '24 hours')
         AND NOT EXISTS (SELECT FROM usage_touched WHERE hour >= series.day AND hour < series.day + interval '24 hours')`,
      [new Date(today - LOOK_BACK_DAYS * DAY_MS), new Date(today - DAY_MS)],
    );
    return rows.map(({ day }) => day.getTime());
  }

  /** Sums a day, once its hours have as many requests as there are traces. */
  private async close(day: number): Promise<boolean> {
    const closed = await this.inTurn(async (transaction) => {
      const [state]: { frozen: boolean }[] = await transaction.query(
        'SELECT $1::timestamptz < frozen_before AS frozen FROM usage_state',
        [new Date(day)],
      );
      const miscounted: unknown[] = state?.frozen ? [] : await transaction.query(TOUCH_MISCOUNTED, [new Date(day)]);
      if (miscounted.length > 0) return false;
      await this.sumDay(transaction, day);
      return true;
    });
    return closed === true;
  }

  private async sumDay(transaction: EntityManager, day: number): Promise<void> {
    for (const tagged of TAGGED) {
      await transaction.query(clearSql('daily', tagged), [new Date(day)]);
      await transaction.query(sumDaySql(tagged), [new Date(day)]);
    }
    await this.sumMargins(transaction, 'daily', new Date(day));
    await transaction.query(
      'INSERT INTO usage_days (day, built_at) VALUES ($1::date, $2) ON CONFLICT (day) DO UPDATE SET built_at = excluded.built_at',
      [isoDay(day), new Date(this.clock.now())],
    );
  }

  private async sumMargins(transaction: EntityManager, grain: Grain, at: Date): Promise<void> {
    await transaction.query(clearMarginsSql(grain), [at]);
    await transaction.query(sumMarginsSql(grain), [at]);
    await transaction.query(sumTenantsSql(grain), [at]);
  }

  /** Null: another worker holds the lock. */
  private inTurn<T>(work: (transaction: EntityManager) => Promise<T>): Promise<T | null> {
    return this.dataSource.transaction(async (transaction) => {
      // Compiling these statements (jit) took 5.2 of the 5.9 s of one.
      const [lock]: { free: boolean }[] = await transaction.query(
        `SELECT pg_try_advisory_xact_lock($1) AS free, set_config('jit', 'off', true), set_config('work_mem', '${WORK_MEMORY_KB}', true)`,
        [ADVISORY_LOCK],
      );
      return lock?.free ? work(transaction) : null;
    });
  }
}

const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);
