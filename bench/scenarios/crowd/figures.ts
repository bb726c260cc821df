import type { RecordedCall } from '../../mock-upstream/call-log';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The q-th share's value by rank; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** Jain's index of shares: 1 when all are equal, 1 / n when one has everything. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  return sum ** 2 / (shares.length * shares.reduce((total, share) => total + share ** 2, 0));
}

interface Busy {
  readonly mean: number; // calls at a time, over the span
  readonly most: number;
}

/** Calls that were under way at a time. */
export function busySlots(calls: readonly RecordedCall[], { fromMs, toMs }: Span): Busy {
  const events = calls.flatMap(({ startMs, endMs }) => [
    { at: startMs, by: 1 },
    { at: endMs ?? Infinity, by: -1 },
  ]);
  events.sort((a, b) => a.at - b.at || a.by - b.by);
  let [busy, most, area, since] = [0, 0, 0, fromMs];
  for (const { at, by } of events) {
    const now = Math.min(toMs, Math.max(fromMs, at));
    if (now > since) most = Math.max(most, busy);
    area += busy * (now - since);
    since = now;
    busy += by;
  }
  return { mean: area / (toMs - fromMs), most };
}

/**
 * From the end of a call to the begin of the one that got its slot, ms, while all slots are wanted all the time: slots are alike, so the
 * one that has been free longest counts as the one that is taken next.
 */
export function turnarounds(calls: readonly RecordedCall[], { fromMs, toMs }: Span): number[] {
  const events = calls.flatMap(({ startMs, endMs }) => [
    { at: startMs, begins: true },
    { at: endMs ?? Infinity, begins: false },
  ]);
  events.sort((a, b) => a.at - b.at);
  const freed: number[] = [];
  const gaps: number[] = [];
  for (const { at, begins } of events) {
    if (at < fromMs || at > toMs) continue;
    if (!begins) freed.push(at);
    else if (freed.length > 0) gaps.push(at - (freed.shift() ?? at));
  }
  return gaps;
}
