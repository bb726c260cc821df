import type { Clock } from '@relay/core';
import { StoreWatch, type StoreHealth } from '../../adapters/store-watch';
import type { BudgetAsk, BudgetEntry, BudgetStore, BudgetVerdict } from '../../ports/budget-store.port';
import type { MemoryBudgetStore } from './memory-budget-store';

export interface CommonBudgetStore extends BudgetStore {
  ping(): Promise<void>;
}

/**
 * The accounts that all processes share, and in memory what this process knows of them: while they are away it goes on with what was
 * spent when they were seen last, its own holds, and what the traces tell of the others.
 */
export class SharedBudgetStore implements BudgetStore {
  private readonly watch: StoreWatch;

  constructor(
    private readonly common: CommonBudgetStore,
    private readonly own: MemoryBudgetStore,
    clock: Clock,
    health: StoreHealth,
  ) {
    this.watch = new StoreWatch(clock, () => common.ping(), health);
  }

  async reserve(ask: BudgetAsk): Promise<BudgetVerdict> {
    const verdict = await this.watch.attempt(
      async () => this.common.reserve(ask),
      (late) => void (late.granted && this.settle(late.entry, 0)),
    );
    if (verdict === undefined) return this.own.reserve(ask);
    this.own.raise(ask, verdict.sums.spent);
    if (!verdict.granted) return verdict;
    return { ...verdict, entry: this.both(verdict.entry, this.own.hold(ask)) };
  }

  private both(shared: BudgetEntry, mirrored: BudgetEntry): BudgetEntry {
    return {
      settle: async (spent) => {
        void mirrored.settle(spent);
        await this.settle(shared, spent);
      },
    };
  }

  /** What cannot be settled is held until it is given up; what was spent comes back with the traces. */
  private async settle(entry: BudgetEntry, spent: number): Promise<void> {
    await this.watch.attempt(async () => entry.settle(spent));
  }
}
