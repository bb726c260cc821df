import type { Schemas } from '../../api/client';

type Pool = Schemas['Pool'];

export function totalsOf(pools: readonly Pool[]) {
  const waiting = new Map<string, number>();
  for (const { tenants } of pools)
    for (const tenant of tenants) waiting.set(tenant.id, (waiting.get(tenant.id) ?? 0) + tenant.waiting);
  const sum = (pick: (pool: Pool) => number): number => pools.reduce((all, pool) => all + pick(pool), 0);
  return {
    short: sum((pool) => pool.waiting.short),
    long: sum((pool) => pool.waiting.long),
    inUse: sum((pool) => pool.inUse),
    slots: sum((pool) => pool.poolLimit),
    tenants: [...waiting].map(([id, count]) => ({ id, waiting: count })).filter((tenant) => tenant.waiting > 0),
    degrading: pools.filter(({ degrading }) => degrading).map(({ id }) => id),
  };
}

/** Jain's index (Jain, Chiu and Hawe 1984): 1 where all have the same, 1/n where one has everything. Null without anybody. */
export function fairnessIndex(shares: readonly number[]): number | null {
  const sum = shares.reduce((all, share) => all + share, 0);
  const squares = shares.reduce((all, share) => all + share * share, 0);
  return squares === 0 ? null : (sum * sum) / (shares.length * squares);
}
