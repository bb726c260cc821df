import type { BudgetSums } from '../domain/budgets/budget';

/** What one request counts for, in nanos (1e-9 USD). */
export interface AccountAsk {
  readonly name: string; // 2026-11, 2026-11-22, key:<id>:2026-11
  readonly limit: number;
  readonly stored: number; // known to be spent
  readonly keptSeconds: number;
}

/** All accounts of a request are those of one tenant, each of another name: held together, or none. */
export interface BudgetAsk {
  readonly tenantId: string;
  readonly accounts: readonly AccountAsk[];
  readonly amount: number;
}

export interface BudgetEntry {
  settle(spent: number): void | Promise<void>;
}

/** `sums`: of each account, before this reservation. `short`: the first account that has no room, by its place. */
export type BudgetVerdict =
  | { readonly granted: true; readonly entry: BudgetEntry; readonly sums: readonly BudgetSums[] }
  | { readonly granted: false; readonly short: number; readonly sums: readonly BudgetSums[] };

export interface BudgetStore {
  /** Holds the amount in every account, if what is spent and held leaves room for it in each. */
  reserve(ask: BudgetAsk): BudgetVerdict | Promise<BudgetVerdict>;
  /** What accounts hold, by their names; those that nobody knows are left out. */
  held(tenantId: string, names: readonly string[]): ReadonlyMap<string, number> | Promise<ReadonlyMap<string, number>>;
}
