import type { Clock } from '@relay/core';
import { StoreWatch, type StoreHealth } from '../../adapters/store-watch';
import type { BudgetAsk, BudgetEntry, BudgetStore, BudgetVerdict } from '../../ports/budget-store.port';
import type { MemoryBudgetStore } from './memory-budget-store';
import { Settlements } from './settlements';

/** An entry of it counts once, however often it is settled within a minute or two. */
export interface CommonBudgetStore extends BudgetStore {
  ping(): Promise<void>;
}

/**
 * The accounts that all processes share, and in memory what this process knows of them: while they are away it goes on with what was
 * spent when they were seen last, its own holds, and what the traces tell of the others.
 */
export class SharedBudgetStore implements BudgetStore {
  private readonly watch: StoreWatch;
  private readonly settlements: Settlements;

  constructor(
    private readonly common: CommonBudgetStore,
    private readonly own: MemoryBudgetStore,
    clock: Clock,
    health: StoreHealth,
  ) {
    this.watch = new StoreWatch(clock, () => common.ping(), {
      lost: (error) => health.lost(error),
      restored: () => {
        health.restored();
        void this.settlements.repeat();
      },
    });
    this.settlements = new Settlements(clock, this.watch);
  }

  async reserve(ask: BudgetAsk): Promise<BudgetVerdict> {
    const verdict = await this.watch.attempt(
      async () => this.common.reserve(ask),
      (late) => void (late.granted && this.settlements.settle(late.entry, 0)),
    );
    if (verdict === undefined) return this.own.reserve(ask);
    this.own.raise(
      ask,
      verdict.sums.map(({ spent }) => spent),
    );
    if (!verdict.granted) return verdict;
    return { ...verdict, entry: this.both(verdict.entry, this.own.hold(ask)) };
  }

  /** Of this process alone while the others' accounts are away. */
  async held(tenantId: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const known = await this.watch.attempt(
      async () => this.common.held(tenantId, names),
      () => undefined,
    );
    return known ?? this.own.held(tenantId, names);
  }

  private both(shared: BudgetEntry, mirrored: BudgetEntry): BudgetEntry {
    return {
      settle: async (spent) => {
        void mirrored.settle(spent);
        await this.settlements.settle(shared, spent);
      },
    };
  }
}
