import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, err, ok, type Result } from '@relay/core';
import { REDIS_OF_COUNTS } from '@relay/database';
import type { Redis } from 'ioredis';
import { storeHealth } from '../adapters/store-health';
import { type Budget, type BudgetRefusal, monthName, nextMonth, toNanos, toUsd } from '../domain/budgets/budget';
import type { BudgetEntry, BudgetStore, BudgetVerdict } from '../ports/budget-store.port';
import { MemoryBudgetStore } from './adapters/memory-budget-store';
import { RedisBudgetStore } from './adapters/redis-budget-store';
import { SharedBudgetStore } from './adapters/shared-budget-store';

const NAMESPACE = 'relay';

/** Money set aside for one call. Only the first `settle` counts; without any it is given up after an hour. */
export interface BudgetHold {
  settle(usd: number): void;
}

type Held = Result<BudgetHold, BudgetRefusal>;

/** Monthly budgets of tenants: what a call is expected to cost is reserved before it, and settled with what it cost. */
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

  /** One round trip where there is a Redis, else at once. */
  reserve(budget: Budget, usd: number): Held | Promise<Held> {
    const now = this.clock.now();
    const verdict = this.store.reserve({
      tenantId: budget.tenantId,
      month: monthName(now),
      limit: toNanos(budget.monthlyUsd),
      stored: toNanos(budget.storedUsd ?? 0),
      amount: toNanos(usd),
    });
    const heldOf = (later: BudgetVerdict): Held => {
      if (later.granted) return ok(new Hold(later.entry));
      const leftUsd = Math.max(0, budget.monthlyUsd - toUsd(later.sums.spent + later.sums.held));
      return err({ budget, leftUsd, askedUsd: usd, renewsAt: nextMonth(now) });
    };
    return verdict instanceof Promise ? verdict.then(heldOf) : heldOf(verdict);
  }
}

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
