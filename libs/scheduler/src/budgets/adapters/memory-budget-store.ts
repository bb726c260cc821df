import type { Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import { BudgetAccount, type BudgetSums } from '../../domain/budgets/budget';
import type { BudgetAsk, BudgetEntry, BudgetStore, BudgetVerdict } from '../../ports/budget-store.port';

/** Accounts of budgets that this process serves; one that falls out is known by its traces again. */
const MAX_ACCOUNTS = 10_000;

/** Accounts of this process alone. */
export class MemoryBudgetStore implements BudgetStore {
  private readonly accounts = new LRUCache<string, BudgetAccount>({ max: MAX_ACCOUNTS });

  constructor(private readonly clock: Clock) {}

  reserve(ask: BudgetAsk): BudgetVerdict {
    const now = this.clock.monotonic();
    const sums = ask.accounts.map(({ name, stored }) => {
      const account = this.of(ask.tenantId, name);
      account.raise(stored);
      return account.sums(now);
    });
    const short = ask.accounts.findIndex(({ limit }, place) => !hasRoom(sums[place], ask.amount, limit));
    if (short >= 0) return { granted: false, short, sums };
    return { granted: true, entry: this.hold(ask), sums };
  }

  /** Without asking whether there is room. */
  hold({ tenantId, accounts, amount }: BudgetAsk): BudgetEntry {
    const heldAt = this.clock.monotonic();
    const all = accounts.map(({ name }) => this.of(tenantId, name));
    for (const account of all) account.hold(heldAt, amount);
    return {
      settle: (spent) => {
        for (const account of all) account.settle(heldAt, amount, spent);
      },
    };
  }

  /** `spent`: by account, as `ask` has them. */
  raise({ tenantId, accounts }: BudgetAsk, spent: readonly number[]): void {
    accounts.forEach(({ name }, place) => this.of(tenantId, name).raise(spent[place] ?? 0));
  }

  held(tenantId: string, names: readonly string[]): ReadonlyMap<string, number> {
    const now = this.clock.monotonic();
    const known = names.flatMap((name) => {
      const account = this.accounts.peek(keyOf(tenantId, name));
      return account ? [[name, account.sums(now).held] as const] : [];
    });
    return new Map(known);
  }

  private of(tenantId: string, name: string): BudgetAccount {
    const key = keyOf(tenantId, name);
    const known = this.accounts.get(key);
    if (known) return known;
    const account = new BudgetAccount();
    this.accounts.set(key, account);
    return account;
  }
}

const keyOf = (tenantId: string, name: string): string => `${name} ${tenantId}`;

const hasRoom = (sums: BudgetSums | undefined, amount: number, limit: number): boolean =>
  (sums?.spent ?? 0) + (sums?.held ?? 0) + amount <= limit;
