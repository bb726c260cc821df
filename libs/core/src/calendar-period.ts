export type CalendarPeriod = 'month' | 'day';

/** Ms since the epoch; the end is that of the next one's beginning. */
export interface PeriodBounds {
  readonly start: number;
  readonly end: number;
}

/** The calendar month or day that a time lies in, UTC: when it began, and when the next one does. */
export function periodBounds(period: CalendarPeriod, now: number): PeriodBounds {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (period === 'month') return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) };
  return { start: Date.UTC(year, month, day), end: Date.UTC(year, month, day + 1) };
}
