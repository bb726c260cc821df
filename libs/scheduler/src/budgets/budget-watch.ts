import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, type Clock } from '@relay/core';
import { BudgetBook } from './budget-book';
import { BudgetTable } from './budget-table';

/** How long a change of the database's budgets takes to hold in other processes, ms. */
const LOOK_EVERY_MS = 2_000;

/** Keeps the book up with the database. Without it the budgets that were known hold on. */
@Injectable()
export class BudgetWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(BudgetWatch.name);
  private version: string | null = null;
  private isFailing = false;
  private isClosed = false;
  private cancel: () => void = () => undefined;

  constructor(
    private readonly table: BudgetTable,
    private readonly book: BudgetBook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Waited for, so that the first request finds its budgets, and what was spent of them; a database that is away does not keep the relay from starting. */
  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    this.lookLater();
  }

  onApplicationShutdown(): void {
    this.isClosed = true;
    this.cancel();
  }

  /** Reads what has changed. Never rejects. */
  async look(): Promise<void> {
    try {
      const version = await this.table.version();
      if (version !== this.version) await this.book.store(await this.table.all());
      this.version = version;
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing && !this.isClosed) this.logger.warn(`Budgets cannot be read for now: ${String(error)}`);
      this.isFailing = true;
    }
  }

  private lookLater(): void {
    if (this.isClosed) return;
    this.cancel = this.clock.after(LOOK_EVERY_MS, () => void this.look().then(() => this.lookLater()));
  }
}
