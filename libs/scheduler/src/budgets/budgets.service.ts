import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, err, ok, periodBounds, type Result } from '@relay/core';
import { REDIS_OF_COUNTS } from '@relay/database';
import type { Redis } from 'ioredis';
import { storeHealth } from '../adapters/store-health';
import {
  accountName,
  type Budget,
  type BudgetInForce,
  type BudgetRefusal,
  KEPT_SECONDS,
  nanosOf,
  toNanos,
  toUsd,
} from '../domain/budgets/budget';
import type { AccountAsk, BudgetEntry, BudgetStore, BudgetVerdict } from '../ports/budget-store.port';
import { MemoryBudgetStore } from './adapters/memory-budget-store';
import { RedisBudgetStore } from './adapters/redis-budget-store';
import { SharedBudgetStore } from './adapters/shared-budget-store';

const NAMESPACE = 'relay';

/** Money set aside for one call. Only the first `settle` counts; without any it is given up after an hour. */
export interface BudgetHold {
  settle(usd: number): void;
}

type Held = Result<BudgetHold, BudgetRefusal>;

/** Hard budgets of tenants and keys: what a call is expected to cost is reserved in all of them before it, and settled with what it cost. */
@Injectable()
export class Budgets {
  private readonly store: BudgetStore;

  constructor(
    @Inject(REDIS_OF_COUNTS) redis: Redis | null,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const memory = new MemoryBudgetStore(clock);
    const health = storeHealth('budgets', 'each process goes on with what it knows was spent');
    this.store = redis ? new SharedBudgetStore(new RedisBudgetStore(redis, NAMESPACE), memory, clock, health) : memory;
  }

  /** In all of them, which are of one tenant, or in none. One round trip where there is a Redis, else at once. */
  reserve(budgets: readonly BudgetInForce[], usd: number): Held | Promise<Held> {
    const now = this.clock.now();
    const counted = onePerAccount(budgets, now);
    const accounts = counted.map((each) => askOf(each, now));
    const tenantId = budgets[0]?.budget.tenantId ?? '';
    const verdict = this.store.reserve({ tenantId, accounts, amount: toNanos(usd) });
    const heldOf = (later: BudgetVerdict): Held => {
      if (later.granted) return ok(new Hold(later.entry));
      const budget = counted[later.short]?.budget;
      const sums = later.sums[later.short];
      if (!budget || !sums) throw new Error(`there is no account ${later.short} among ${counted.length}`);
      const leftUsd = toUsd(Math.max(0, nanosOf(budget.limitUsd) - sums.spent - sums.held));
      return err({ budget, leftUsd, askedUsd: usd, renewsAt: periodBounds(budget.period, now).end });
    };
    return verdict instanceof Promise ? verdict.then(heldOf) : heldOf(verdict);
  }

  /** What is set aside for calls under way, USD by id of the budget; those that are not hard have nothing set aside. */
  async heldUsd(budgets: readonly Budget[]): Promise<ReadonlyMap<string, number>> {
    const now = this.clock.now();
    const limited = budgets.filter(({ hard }) => hard);
    const tenants = [...new Set(limited.map(({ tenantId }) => tenantId))];
    const held = await Promise.all(tenants.map((tenantId) => this.heldOf(tenantId, limited, now)));
    return new Map(held.flat());
  }

  private async heldOf(tenantId: string, budgets: readonly Budget[], now: number): Promise<[string, number][]> {
    const named = budgets
      .filter((budget) => budget.tenantId === tenantId)
      .map((budget) => ({ id: budget.id, name: accountName(budget, now) }));
    const known = await this.store.held(
      tenantId,
      named.map(({ name }) => name),
    );
    return named.flatMap(({ id, name }) => {
      const amount = known.get(name);
      return amount === undefined ? [] : [[id, toUsd(amount)] as [string, number]];
    });
  }
}

/** Of budgets over the same spend, such as one of relay.yaml and one of the database, the one that is used up first: an account counts a call once. */
function onePerAccount(budgets: readonly BudgetInForce[], now: number): readonly BudgetInForce[] {
  if (budgets.length < 2) return budgets;
  const tightest = new Map<string, BudgetInForce>();
  for (const each of budgets) {
    const name = accountName(each.budget, now);
    const known = tightest.get(name);
    if (!known || nanosOf(each.budget.limitUsd) < nanosOf(known.budget.limitUsd)) tightest.set(name, each);
  }
  return [...tightest.values()];
}

const askOf = ({ budget, storedUsd }: BudgetInForce, now: number): AccountAsk => ({
  name: accountName(budget, now),
  limit: nanosOf(budget.limitUsd),
  stored: toNanos(storedUsd ?? 0),
  keptSeconds: KEPT_SECONDS[budget.period],
});

class Hold implements BudgetHold {
  private entry: BudgetEntry | null;

  constructor(entry: BudgetEntry) {
    this.entry = entry;
  }

  settle(usd: number): void {
    const { entry } = this;
    this.entry = null;
    if (entry) void entry.settle(toNanos(usd));
  }
}
