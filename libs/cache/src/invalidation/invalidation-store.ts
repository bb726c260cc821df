import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { CacheCount, CacheInvalidation, StartCacheInvalidation } from '@relay/contracts';
import { CLOCK, err, newTraceId, ok, RelayError, type Clock, type Result } from '@relay/core';
import { DataSource, type EntityManager } from 'typeorm';
import { INVALIDATION_COLUMNS, toInvalidation, type InvalidationRow } from './invalidation-rows';

/** Of one tenant, or of those that concern all, not ended yet. */
const MAX_OPEN = 100;
/** Of one tenant, or of those that concern all, ended: older ones are removed. */
const KEPT_ENDED = 100;
const MAX_LISTED = 200;
const OPEN = `status IN ('waiting', 'running')`;
/** A tenant, or null: those that concern all. */
const OF_TENANT = 'tenant IS NOT DISTINCT FROM $1::text';

/** What a worker needs to go on. */
export interface InvalidationTask {
  readonly named: StartCacheInvalidation;
  /** Answers whose request began before it are void. */
  readonly epoch: number;
  readonly isCounted: boolean;
}

export interface OpenInvalidation extends Pick<InvalidationTask, 'named' | 'epoch'> {
  readonly id: string;
}

/** The table `cache_invalidations`: what is void, and how far its copies are removed. `scope` confines to a tenant; null: all. */
@Injectable()
export class InvalidationStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `removed`: entries that are gone already. Error: `conflict` when too many have not ended. */
  async create(
    named: StartCacheInvalidation,
    epoch: number,
    removed: number,
    transaction: EntityManager,
  ): Promise<Result<CacheInvalidation, RelayError>> {
    const now = this.clock.now();
    const { tenant = null } = named;
    await transaction.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`cache_invalidations ${tenant}`]);
    const [row]: InvalidationRow[] = await transaction.query(
      `INSERT INTO cache_invalidations (id, tenant, named, epoch, status, removed, created_at)
       SELECT $2::uuid, $1, $3::jsonb, $4::bigint, 'waiting', $5::bigint, $6::timestamptz
       WHERE (SELECT count(*) FROM cache_invalidations WHERE ${OF_TENANT} AND ${OPEN}) < ${MAX_OPEN}
       RETURNING ${INVALIDATION_COLUMNS}`,
      [tenant, newTraceId(now), JSON.stringify(named), epoch, removed, new Date(now)],
    );
    if (!row) return err(tooManyWait());
    await transaction.query(
      `DELETE FROM cache_invalidations WHERE ${OF_TENANT} AND NOT ${OPEN} AND id NOT IN
       (SELECT id FROM cache_invalidations WHERE ${OF_TENANT} AND NOT ${OPEN} ORDER BY id DESC LIMIT ${KEPT_ENDED})`,
      [tenant],
    );
    return ok(toInvalidation(row));
  }

  /** Newest first. */
  async list(scope: string | null): Promise<CacheInvalidation[]> {
    const rows: InvalidationRow[] = await this.dataSource.query(
      `SELECT ${INVALIDATION_COLUMNS} FROM cache_invalidations WHERE $1::text IS NULL OR tenant = $1
       ORDER BY id DESC LIMIT ${MAX_LISTED}`,
      [scope],
    );
    return rows.map(toInvalidation);
  }

  async find(id: string, scope: string | null): Promise<CacheInvalidation | null> {
    const [row]: InvalidationRow[] = await this.dataSource.query(
      `SELECT ${INVALIDATION_COLUMNS} FROM cache_invalidations WHERE id = $1::uuid AND ($2::text IS NULL OR tenant = $2)`,
      [id, scope],
    );
    return row ? toInvalidation(row) : null;
  }

  /** Those that have not ended, oldest first. */
  open(): Promise<OpenInvalidation[]> {
    return this.dataSource.query(
      `SELECT id, named, epoch::float8 AS epoch FROM cache_invalidations WHERE ${OPEN} ORDER BY id`,
    );
  }

  /** Begins, or goes on after an interruption; null: ended or unknown. */
  async begin(id: string): Promise<InvalidationTask | null> {
    const [rows]: [InvalidationTask[], number] = await this.dataSource.query(
      `UPDATE cache_invalidations SET status = 'running' WHERE id = $1::uuid AND ${OPEN}
       RETURNING named, epoch::float8 AS epoch, total IS NOT NULL AS "isCounted"`,
      [id],
    );
    return rows[0] ?? null;
  }

  /** How many entries are there, those left out that were removed by then. */
  async noteTotal(id: string, { count, atLeast }: CacheCount): Promise<void> {
    await this.dataSource.query(
      `UPDATE cache_invalidations SET total = removed + $2::int, total_at_least = $3 WHERE id = $1::uuid AND ${OPEN}`,
      [id, count, atLeast],
    );
  }

  async noteRemoved(id: string, count: number, within: Pick<EntityManager, 'query'> = this.dataSource): Promise<void> {
    const sql = `UPDATE cache_invalidations SET removed = removed + $2::int WHERE id = $1::uuid AND ${OPEN}`;
    await within.query(sql, [id, count]);
  }

  /** It is tried again, and what it names stays void: only what is removed has ended. */
  async noteTrouble(id: string, reason: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE cache_invalidations SET status = 'waiting', reason = $2 WHERE id = $1::uuid AND ${OPEN}`,
      [id, reason],
    );
  }

  /** All there was is removed. */
  async end(id: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE cache_invalidations SET status = 'done', reason = NULL, total = removed, total_at_least = false, ended_at = $2
       WHERE id = $1::uuid AND ${OPEN}`,
      [id, new Date(this.clock.now())],
    );
  }
}

const tooManyWait = (): RelayError =>
  new RelayError(
    'conflict',
    `What fits is void in all processes, but ${MAX_OPEN} invalidations wait for their copies to be removed: wait for one, or remove these at once with POST /api/cache/invalidate.`,
    { param: 'tenant' },
  );
