/** Money is counted in whole billionths of a USD, so that sums of small prices are exact: 9 million USD fit into a double. */
const NANOS_PER_USD = 1e9;
const MS_PER_MINUTE = 60_000;
/** A reservation that was not settled for so long belongs to a process that is gone: a request's deadline is an hour at most. */
export const HOLD_MINUTES = 65;

export const toNanos = (usd: number): number => Math.ceil(usd * NANOS_PER_USD);
export const toUsd = (nanos: number): number => nanos / NANOS_PER_USD;

/** What a tenant may spend in a calendar month, UTC. */
export interface Budget {
  readonly tenantId: string;
  readonly monthlyUsd: number;
  /** What the traces of this month add up to, as they were read last; null: not known. */
  readonly storedUsd: number | null;
}

export interface BudgetRefusal {
  readonly budget: Budget;
  readonly leftUsd: number;
  readonly askedUsd: number;
  readonly renewsAt: number; // ms since the epoch
}

/** What one tenant spent in one month, in nanos; `held`: reserved and not settled. */
export interface BudgetSums {
  readonly spent: number;
  readonly held: number;
}

export const monthName = (now: number): string => new Date(now).toISOString().slice(0, 7);
export const minuteAt = (now: number): number => Math.floor(now / MS_PER_MINUTE);

export function nextMonth(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** The account of one tenant in one month. Holds are kept by the minute in which they were made, so that lost ones can be given up. */
export class BudgetAccount {
  private spent = 0;
  private readonly holds = new Map<number, number>(); // at most HOLD_MINUTES + 1

  sums(now: number): BudgetSums {
    let held = 0;
    for (const [minute, amount] of this.holds) {
      if (minute < minuteAt(now) - HOLD_MINUTES) this.holds.delete(minute);
      else held += amount;
    }
    return { spent: this.spent, held };
  }

  /** Somebody knows of more that was spent. */
  raise(spent: number): void {
    this.spent = Math.max(this.spent, spent);
  }

  hold(now: number, amount: number): void {
    const minute = minuteAt(now);
    this.holds.set(minute, (this.holds.get(minute) ?? 0) + amount);
  }

  /** Of a hold made at `heldAt`. */
  settle(heldAt: number, amount: number, spent: number): void {
    this.spent += spent;
    const minute = minuteAt(heldAt);
    const left = (this.holds.get(minute) ?? 0) - amount;
    if (left > 0) this.holds.set(minute, left);
    else this.holds.delete(minute);
  }
}
