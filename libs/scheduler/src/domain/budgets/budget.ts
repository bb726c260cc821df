import type { CalendarPeriod } from '@relay/core';
import { unitsOf } from './usd-units';

/** Money is counted in whole billionths of a USD, so that sums of small prices are exact: 9 million USD fit into a double. */
const NANOS_PER_USD = 1e9;
const UNITS_PER_NANO = 1_000n;
const MS_PER_MINUTE = 60_000;
const SECONDS_PER_DAY = 86_400;
/** A reservation that was not settled for so long belongs to a process that is gone: a request's deadline is an hour at most. */
export const HOLD_MINUTES = 65;

export const toNanos = (usd: number): number => Math.ceil(usd * NANOS_PER_USD);
/** Exactly, of a decimal of at most nine digits behind the point. */
export const nanosOf = (usd: string): number => Number(unitsOf(usd) / UNITS_PER_NANO);
export const toUsd = (nanos: number): number => nanos / NANOS_PER_USD;

export type BudgetPeriod = CalendarPeriod;

/** What a tenant, or one of its keys, may spend in a calendar month or day, UTC. */
export interface Budget {
  readonly id: string;
  readonly source: 'config' | 'database';
  readonly tenantId: string;
  readonly keyId: string | null; // null: of the whole tenant
  readonly period: BudgetPeriod;
  readonly limitUsd: string; // at most nine digits behind the point
  /** Refuses what goes beyond; else it only warns. */
  readonly hard: boolean;
  /** Shares of the limit at which somebody is told. */
  readonly alerts: readonly number[];
}

/** A budget that a request counts for. */
export interface BudgetInForce {
  readonly budget: Budget;
  /** What the traces of this period add up to, as they were read last; null: not known. */
  readonly storedUsd: number | null;
}

export interface BudgetRefusal {
  readonly budget: Budget;
  readonly leftUsd: number;
  readonly askedUsd: number;
  readonly renewsAt: number; // ms since the epoch
}

/** What was spent in one period, in nanos; `held`: reserved and not settled. */
export interface BudgetSums {
  readonly spent: number;
  readonly held: number;
}

const PERIOD_CHARS = { month: 7, day: 10 } as const satisfies Record<BudgetPeriod, number>;
/** An account is of no use once its period is over and its last request has ended, s. */
export const KEPT_SECONDS = { month: 40 * SECONDS_PER_DAY, day: 3 * SECONDS_PER_DAY } as const satisfies Record<
  BudgetPeriod,
  number
>;

/** `2026-11`, `2026-11-22` */
export const periodName = (period: BudgetPeriod, now: number): string =>
  new Date(now).toISOString().slice(0, PERIOD_CHARS[period]);

/** Budgets of one tenant over the same spend share an account: of the tenant, or of a key. */
export const accountName = ({ keyId, period }: Pick<Budget, 'keyId' | 'period'>, now: number): string =>
  keyId === null ? periodName(period, now) : `key:${keyId}:${periodName(period, now)}`;

export const minuteAt = (now: number): number => Math.floor(now / MS_PER_MINUTE);

/** One account in one period. Holds are kept by the minute in which they were made, so that lost ones can be given up. */
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
