import { Injectable } from '@nestjs/common';
import { BudgetAlerts, BudgetBook, BudgetWatch } from '@relay/scheduler';
import { BudgetSpend } from '@relay/trace';

/** Compares budgets with what was spent of them, and tells what was crossed. */
@Injectable()
export class BudgetRound {
  constructor(
    private readonly watch: BudgetWatch,
    private readonly book: BudgetBook,
    private readonly spend: BudgetSpend,
    private readonly alerts: BudgetAlerts,
  ) {}

  async run(): Promise<void> {
    await this.watch.look();
    const budgets = this.book.all();
    await this.alerts.record(budgets, await this.spend.of(budgets.filter(({ alerts }) => alerts.length > 0)));
  }

  /** Forgets what was crossed too long ago. */
  forget(): Promise<void> {
    return this.alerts.forget();
  }
}
