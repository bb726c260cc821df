import type { UsageInterval } from '@relay/contracts';
import { err, ok, periodBounds, RelayError, type Result } from '@relay/core';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Three years: what is longer is asked in parts. */
const MAX_DAYS = 1_100;
/** Points of a series. */
const MAX_HOURS = 31 * 24;
const MAX_MINUTES = 6 * 60;

/** Ms since the epoch, `to` exclusive. */
export interface UsageWindow {
  readonly from: number;
  readonly to: number;
}

interface Asked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Whole hours; by default the month of `now`, in UTC, up to its end. */
export function usageWindow({ from, to }: Asked, now: number): Result<UsageWindow, RelayError> {
  const month = monthOf(now);
  return whole(
    from === undefined ? month.from : Date.parse(from),
    to === undefined ? month.to : Date.parse(to),
    HOUR_MS,
  );
}

/** Whole intervals; by minute by default the hour before `now`. */
export function seriesWindow(asked: Asked, interval: UsageInterval, now: number): Result<UsageWindow, RelayError> {
  const month = monthOf(now);
  const end = asked.to === undefined ? Math.min(month.to, now) : Date.parse(asked.to);
  const start = interval === 'minute' ? end - HOUR_MS : month.from;
  const window = whole(asked.from === undefined ? start : Date.parse(asked.from), end, INTERVAL_MS[interval]);
  if (!window.ok) return window;
  const points = (window.value.to - window.value.from) / INTERVAL_MS[interval];
  if (points <= MAX_POINTS[interval]) return window;
  return err(
    refused(`is ${points} ${interval}s before the end; allowed: ${MAX_POINTS[interval]}, or a longer interval`),
  );
}

export const INTERVAL_MS: Record<UsageInterval, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };
const MAX_POINTS: Record<UsageInterval, number> = { minute: MAX_MINUTES, hour: MAX_HOURS, day: MAX_DAYS };

export function monthOf(time: number): UsageWindow {
  const { start, end } = periodBounds('month', time);
  return { from: start, to: end };
}

function whole(from: number, to: number, unitMs: number): Result<UsageWindow, RelayError> {
  if (from >= to) return err(refused('is not before the end of the window (to)'));
  const window = { from: Math.floor(from / unitMs) * unitMs, to: Math.ceil(to / unitMs) * unitMs };
  if (window.to - window.from > MAX_DAYS * DAY_MS)
    return err(refused(`is more than ${MAX_DAYS} days before the end; allowed: a window of at most ${MAX_DAYS} days`));
  return ok(window);
}

const refused = (what: string): RelayError => new RelayError('invalid_request', `from: ${what}.`, { param: 'from' });
