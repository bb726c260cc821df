import type { Warming, WarmingError } from '@relay/contracts';

/** A row of `cache_warmings` without its requests; money comes as text. */
export interface WarmingRow {
  readonly id: string;
  readonly tenant: string;
  readonly status: Warming['status'];
  readonly total: number;
  readonly asked: number;
  readonly cached: number;
  readonly failed: number;
  readonly cost_usd: string;
  readonly reason: string | null;
  readonly errors: WarmingError[];
  readonly created_at: Date;
}

export const WARMING_COLUMNS =
  'id, tenant, status, total, asked, cached, failed, trim_scale(cost_usd) AS cost_usd, reason, errors, created_at';

export function toWarming({ cost_usd: costUsd, created_at: createdAt, ...row }: WarmingRow): Warming {
  return { ...row, costUsd, createdAt: createdAt.toISOString() };
}
