import type { Clock } from '@relay/core';
import type { StoreWatch } from '../../adapters/store-watch';
import { HOLD_MINUTES } from '../../domain/budgets/budget';
import type { BudgetEntry } from '../../ports/budget-store.port';

/** What does not fit is held until it is given up; what was spent comes back with the traces. */
const MAX_KEPT = 10_000;
/** How often the store is looked for while something waits for it, though nobody else may ask, ms. */
const LOOK_EVERY_MS = 2_000;
/** After this long the traces tell what was spent (they are read once a minute): to add it then would count it twice. In ms. */
const TOLD_BY_TRACES_MS = 60_000;
/** Then the hold was given up. */
const USELESS_AFTER_MS = HOLD_MINUTES * 60_000;

interface Settlement {
  readonly entry: BudgetEntry;
  readonly spent: number;
  readonly since: number; // monotonic ms
  wasSent: boolean; // the store may have it
}

/** Settlements of shared accounts. Those that failed are kept, and repeated when the store is back; it counts each once. */
export class Settlements {
  private readonly kept = new Set<Settlement>();
  private isLooking = false;

  constructor(
    private readonly clock: Clock,
    private readonly watch: StoreWatch,
  ) {}

  settle(entry: BudgetEntry, spent: number): Promise<void> {
    return this.send({ entry, spent, since: this.clock.monotonic(), wasSent: false });
  }

  /** The store is back. */
  async repeat(): Promise<void> {
    const all = [...this.kept];
    this.kept.clear();
    await Promise.all(all.map((each) => this.sendLate(each)));
  }

  private async sendLate(settlement: Settlement): Promise<void> {
    const age = this.clock.monotonic() - settlement.since;
    if (age < TOLD_BY_TRACES_MS) return this.send(settlement);
    if (settlement.wasSent || age > USELESS_AFTER_MS) return;
    await this.send({ ...settlement, spent: 0 });
  }

  private async send(settlement: Settlement): Promise<void> {
    const settled = await this.watch.attempt(
      async () => {
        settlement.wasSent = true;
        await settlement.entry.settle(settlement.spent);
        return true;
      },
      () => this.kept.delete(settlement),
    );
    if (settled === undefined) this.keep(settlement);
  }

  private keep(settlement: Settlement): void {
    if (this.kept.size < MAX_KEPT) this.kept.add(settlement);
    if (!this.isLooking) this.lookLater();
  }

  private lookLater(): void {
    this.isLooking = this.kept.size > 0;
    if (!this.isLooking) return;
    this.clock.after(LOOK_EVERY_MS, () => {
      this.watch.look();
      this.lookLater();
    });
  }
}
