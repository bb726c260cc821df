/** First attempts count towards the budget for this long, retries against it, in ms (the `ttl` of Finagle's RetryBudget). */
export const BUDGET_WINDOW_MS = 10_000;
/** Retries in a window that are always allowed: with few requests a share of them would be none. One a second; Finagle has ten. */
export const MIN_RETRIES = 10;

const SLOTS = 10;
const SLOT_MS = BUDGET_WINDOW_MS / SLOTS;
/** Shares are added up in whole thousandths, so that ten requests at 0.1 are exactly one retry. */
const SCALE = 1_000;

/**
 * How much may be retried at one provider: of the first attempts of the last ten seconds a share, and a few. When everything
 * fails, retries then add that share to the load instead of multiplying it (Finagle's RetryBudget, Linkerd's `retryBudget`).
 *
 *     slots of 1 s:  |  9 | 12 |  7 | ... | 11 |   first attempts x share - retries; the oldest falls out
 *
 * Pure: times are those of a monotonic clock, in ms.
 */
export class RetryBudget {
  private readonly slots: number[] = new Array<number>(SLOTS).fill(0);
  private earned = 0; // thousandths of a retry, all slots; below zero when the minimum is used
  private slot = 0; // number of the present slot since the clock began

  /** A first attempt: `share` of a retry is earned. */
  deposit(share: number, now: number): void {
    this.advance(now);
    this.add(Math.round(share * SCALE));
  }

  canWithdraw(now: number): boolean {
    this.advance(now);
    return this.earned + (MIN_RETRIES - 1) * SCALE >= 0;
  }

  /** A retry or a hedge. False, and nothing taken, if there is no budget left for it. */
  withdraw(now: number): boolean {
    if (!this.canWithdraw(now)) return false;
    this.add(-SCALE);
    return true;
  }

  private add(amount: number): void {
    const at = this.slot % SLOTS;
    this.slots[at] = (this.slots[at] ?? 0) + amount;
    this.earned += amount;
  }

  private advance(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    for (let passed = Math.min(slot - this.slot, SLOTS); passed > 0; passed--) {
      const oldest = (slot - passed + 1) % SLOTS;
      this.earned -= this.slots[oldest] ?? 0;
      this.slots[oldest] = 0;
    }
    this.slot = Math.max(slot, this.slot);
  }
}
