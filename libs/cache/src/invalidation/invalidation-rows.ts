import type { CacheInvalidation } from '@relay/contracts';

/** A row of `cache_invalidations`. */
export interface InvalidationRow {
  readonly id: string;
  readonly status: CacheInvalidation['status'];
  readonly named: CacheInvalidation['named'];
  readonly total: number | null;
  readonly total_at_least: boolean;
  readonly removed: number;
  readonly reason: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

export const INVALIDATION_COLUMNS =
  'id, status, named, total, total_at_least, removed::float8 AS removed, reason, created_at, ended_at';

export function toInvalidation(row: InvalidationRow): CacheInvalidation {
  const { id, status, named, total, removed, reason, created_at: createdAt, ended_at: endedAt } = row;
  return {
    ...{ id, status, named, removed, reason },
    total: total === null ? null : { count: total, atLeast: row.total_at_least },
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}
