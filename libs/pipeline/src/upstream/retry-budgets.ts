import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@relay/core';
import { RetryBudget } from './retry-budget';

/** Reloads may rename providers for as long as the process lives; beyond this many the one known longest starts anew. */
const MAX_PROVIDERS = 1_024;

/** The retry budget of each provider, in this process. A share of 0 allows no retry at all. */
@Injectable()
export class RetryBudgets {
  private readonly budgets = new Map<string, RetryBudget>();

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** A request called the provider for the first time. */
  deposit(provider: string, share: number): void {
    if (share > 0) this.of(provider).deposit(share, this.clock.monotonic());
  }

  /** Whether `withdraw` would succeed now. */
  allows(provider: string, share: number): boolean {
    return share > 0 && this.of(provider).canWithdraw(this.clock.monotonic());
  }

  /** Takes one retry; false if there is none left. */
  withdraw(provider: string, share: number): boolean {
    return share > 0 && this.of(provider).withdraw(this.clock.monotonic());
  }

  private of(provider: string): RetryBudget {
    const known = this.budgets.get(provider);
    if (known) return known;
    if (this.budgets.size >= MAX_PROVIDERS) this.forgetOne();
    const budget = new RetryBudget();
    this.budgets.set(provider, budget);
    return budget;
  }

  private forgetOne(): void {
    for (const provider of this.budgets.keys()) {
      this.budgets.delete(provider);
      return;
    }
  }
}
