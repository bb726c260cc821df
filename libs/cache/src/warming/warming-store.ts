import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { WarmCache, Warming, WarmingError, WarmingProgress } from '@relay/contracts';
import { CLOCK, err, newTraceId, ok, RelayError, type Clock, type Result } from '@relay/core';
import { DataSource, type EntityManager } from 'typeorm';
import { toWarming, WARMING_COLUMNS, type WarmingRow } from './warming-rows';

/** Of one tenant, not ended yet. */
const MAX_OPEN = 20;
/** Of one tenant, ended: older ones are removed. */
const KEPT_ENDED = 20;
const MAX_LISTED = 200;
/** Of one warming; of what fails the same way a few are enough. */
const MAX_ERRORS = 5;
const OPEN = `status IN ('waiting', 'running')`;
const RUNNING = `status = 'running'`;

const NOTHING_DONE: Omit<WarmingProgress, 'failedInARow'> = { asked: 0, cached: 0, failed: 0 };

/** What a worker needs to begin. */
export interface WarmingTask {
  readonly id: string;
  readonly tenant: string;
  readonly source: WarmCache['source'];
  readonly scopes: NonNullable<WarmCache['scopes']> | null; // null: the usual ones
  readonly tags: readonly string[] | null;
  readonly createdAt: Date;
  /** Nothing of `maxUsd` is left, spent before an interruption. */
  readonly isSpent: boolean;
}

/** One request that was asked; `given-up` in the middle: it will be asked again, or never. `costUsd` is a decimal string. */
export interface WarmingStep {
  readonly outcome: 'stored' | 'cached' | 'failed' | 'given-up';
  readonly costUsd: string | null;
  /** Why it failed. */
  readonly error?: WarmingError;
}

export type WarmingNext = 'go-on' | 'spent' | 'cancelled';

/** The table `cache_warmings`: what is to be asked ahead of need, and how far that is. `scope` confines to a tenant; null: all. */
@Injectable()
export class WarmingStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Error: `conflict` when the tenant has too many that wait. */
  async create(
    { tenant, source, maxUsd, scopes, tags }: WarmCache,
    transaction: EntityManager,
  ): Promise<Result<Warming, RelayError>> {
    const now = this.clock.now();
    const total = 'requests' in source ? source.requests.length : 0;
    const rows: WarmingRow[] = await transaction.query(
      `INSERT INTO cache_warmings (id, tenant, source, max_usd, scopes, tags, status, total, created_at)
       SELECT $1::uuid, $2, $3::jsonb, $4::numeric, $7::text[], $8::text[], 'waiting', $5::int, $6::timestamptz
       WHERE (SELECT count(*) FROM cache_warmings WHERE tenant = $2 AND ${OPEN}) < ${MAX_OPEN}
       RETURNING ${WARMING_COLUMNS}`,
      [
        ...[newTraceId(now), tenant, JSON.stringify(source), maxUsd ?? null, total, new Date(now)],
        ...[scopes ?? null, tags ?? null],
      ],
    );
    if (!rows[0]) return err(tooManyWait());
    await transaction.query(
      `DELETE FROM cache_warmings WHERE tenant = $1 AND NOT ${OPEN} AND id NOT IN
       (SELECT id FROM cache_warmings WHERE tenant = $1 AND NOT ${OPEN} ORDER BY id DESC LIMIT ${KEPT_ENDED})`,
      [tenant],
    );
    return ok(toWarming(rows[0]));
  }

  /** Newest first. */
  async list(scope: string | null): Promise<Warming[]> {
    const rows: WarmingRow[] = await this.dataSource.query(
      `SELECT ${WARMING_COLUMNS} FROM cache_warmings WHERE $1::text IS NULL OR tenant = $1 ORDER BY id DESC LIMIT ${MAX_LISTED}`,
      [scope],
    );
    return rows.map(toWarming);
  }

  async find(id: string, scope: string | null): Promise<Warming | null> {
    const rows: WarmingRow[] = await this.dataSource.query(
      `SELECT ${WARMING_COLUMNS} FROM cache_warmings WHERE id = $1::uuid AND ($2::text IS NULL OR tenant = $2)`,
      [id, scope],
    );
    return rows[0] ? toWarming(rows[0]) : null;
  }

  /** Ids of those that have not ended, oldest first. */
  async open(): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM cache_warmings WHERE ${OPEN} ORDER BY id LIMIT ${MAX_LISTED}`,
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Begins, goes on from where a turn was over, or begins anew after an interruption: what was stored by then is found in the cache.
   * `later`: another one of the tenant is running; `null`: ended or unknown.
   */
  async begin(id: string, { asked, cached, failed } = NOTHING_DONE): Promise<WarmingTask | 'later' | null> {
    const [rows]: [WarmingTask[], number] = await this.dataSource.query(
      `UPDATE cache_warmings AS mine SET status = 'running', asked = $2::int, cached = $3::int, failed = $4::int,
         errors = CASE WHEN $2::int = 0 THEN '[]' ELSE errors END
       WHERE id = $1::uuid AND ${OPEN} AND NOT EXISTS (
         SELECT FROM cache_warmings AS other WHERE other.tenant = mine.tenant AND other.id <> mine.id
           AND other.${RUNNING} AND (mine.status = 'waiting' OR other.id < mine.id))
       RETURNING id, tenant, source, scopes, tags, created_at AS "createdAt", coalesce(cost_usd >= max_usd, false) AS "isSpent"`,
      [id, asked, cached, failed],
    );
    if (rows[0]) return rows[0];
    const open: unknown[] = await this.dataSource.query(`SELECT FROM cache_warmings WHERE id = $1::uuid AND ${OPEN}`, [
      id,
    ]);
    return open.length > 0 ? 'later' : null;
  }

  async setTotal(id: string, total: number): Promise<void> {
    await this.dataSource.query(`UPDATE cache_warmings SET total = $2::int WHERE id = $1::uuid AND ${OPEN}`, [
      id,
      total,
    ]);
  }

  /** Notes one request, and tells whether there should be another. What it cost counts even when somebody has cancelled the warming by then. */
  async note(id: string, { outcome, costUsd, error }: WarmingStep): Promise<WarmingNext> {
    const [rows]: [{ running: boolean; spent: boolean }[], number] = await this.dataSource.query(
      `UPDATE cache_warmings SET asked = asked + (${RUNNING} AND $2 <> 'given-up')::int,
         cached = cached + (${RUNNING} AND $2 = 'cached')::int, failed = failed + (${RUNNING} AND $2 = 'failed')::int,
         cost_usd = cost_usd + coalesce($3::numeric, 0),
         errors = CASE WHEN ${RUNNING} AND jsonb_array_length(errors) < ${MAX_ERRORS} THEN errors || $4::jsonb ELSE errors END
       WHERE id = $1::uuid
       RETURNING ${RUNNING} AS running, coalesce(cost_usd >= max_usd, false) AS spent`,
      [id, outcome, costUsd, JSON.stringify(error ? [error] : [])],
    );
    if (!rows[0]?.running) return 'cancelled';
    return rows[0].spent ? 'spent' : 'go-on';
  }

  /** The requests go with it; false if it had ended already. */
  async end(id: string, status: 'done' | 'failed' | 'cancelled', reason: string | null): Promise<boolean> {
    const [, changed]: [unknown, number] = await this.dataSource.query(
      `UPDATE cache_warmings SET status = $2, reason = $3, source = NULL WHERE id = $1::uuid AND ${OPEN}`,
      [id, status, reason],
    );
    return changed > 0;
  }
}

const tooManyWait = (): RelayError =>
  new RelayError('conflict', `The tenant has ${MAX_OPEN} warmings that have not ended; wait for one, or cancel it.`, {
    param: 'tenant',
  });
