import type { BudgetSums } from '../domain/budgets/budget';

/** In nanos (1e-9 USD). */
export interface BudgetAsk {
  readonly tenantId: string;
  readonly month: string; // 2026-11
  readonly limit: number;
  readonly stored: number; // known to be spent
  readonly amount: number;
}

export interface BudgetEntry {
  settle(spent: number): void | Promise<void>;
}

/** `sums`: before this reservation. */
export type BudgetVerdict =
  | { readonly granted: true; readonly entry: BudgetEntry; readonly sums: BudgetSums }
  | { readonly granted: false; readonly sums: BudgetSums };

export interface BudgetStore {
  /** Holds the amount, if what is spent and held leaves room for it. */
  reserve(ask: BudgetAsk): BudgetVerdict | Promise<BudgetVerdict>;
}
