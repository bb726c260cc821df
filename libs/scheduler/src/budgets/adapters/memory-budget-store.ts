import type { Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import { BudgetAccount } from '../../domain/budgets/budget';
import type { BudgetAsk, BudgetEntry, BudgetStore, BudgetVerdict } from '../../ports/budget-store.port';

/** Tenants with a budget that this process serves; one that falls out is known by its traces again. */
const MAX_ACCOUNTS = 10_000;

/** Accounts of this process alone. */
export class MemoryBudgetStore implements BudgetStore {
  private readonly accounts = new LRUCache<string, BudgetAccount>({ max: MAX_ACCOUNTS });

  constructor(private readonly clock: Clock) {}

  reserve(ask: BudgetAsk): BudgetVerdict {
    const account = this.of(ask);
    account.raise(ask.stored);
    const sums = account.sums(this.clock.monotonic());
    if (sums.spent + sums.held + ask.amount > ask.limit) return { granted: false, sums };
    return { granted: true, entry: this.hold(ask), sums };
  }

  /** Without asking whether there is room. */
  hold(ask: BudgetAsk): BudgetEntry {
    const account = this.of(ask);
    const heldAt = this.clock.monotonic();
    account.hold(heldAt, ask.amount);
    return { settle: (spent) => account.settle(heldAt, ask.amount, spent) };
  }

  raise(ask: BudgetAsk, spent: number): void {
    this.of(ask).raise(spent);
  }

  private of({ tenantId, month }: BudgetAsk): BudgetAccount {
    const name = `${month} ${tenantId}`;
    const known = this.accounts.get(name);
    if (known) return known;
    const account = new BudgetAccount();
    this.accounts.set(name, account);
    return account;
  }
}
