import type { Quantiles } from '@relay/scheduler';
import type { Call } from './replay';

export type Quantity = 'service' | 'ttft' | 'output tokens';

export interface Figures {
  readonly calls: number;
  readonly p50: number; // share of calls at or below
  readonly p90: number;
  readonly error: number; // sum of the distances from P50 over the sum of what came
}

interface Pair {
  readonly predicted: Quantiles;
  readonly actual: number;
}

const PAIR_OF: Readonly<Record<Quantity, (call: Call) => Pair | null>> = {
  service: ({ predicted, sample }) => pair(predicted.serviceMs, sample.serviceMs),
  ttft: ({ predicted, sample }) => pair(predicted.ttftMs, sample.ttftMs),
  'output tokens': ({ predicted, sample }) => pair(predicted.outputTokens, sample.outputTokens),
};
export const QUANTITIES = Object.keys(PAIR_OF) as readonly Quantity[];

export function figuresOf(calls: readonly Call[], quantity: Quantity): Figures {
  const pairs = calls.map(PAIR_OF[quantity]).filter((each) => each !== null);
  const share = (holds: (each: Pair) => boolean): number => pairs.filter(holds).length / pairs.length;
  return {
    calls: pairs.length,
    p50: share(({ predicted, actual }) => actual <= predicted.p50),
    p90: share(({ predicted, actual }) => actual <= predicted.p90),
    error:
      pairs.reduce((sum, { predicted, actual }) => sum + Math.abs(actual - predicted.p50), 0) /
      pairs.reduce((sum, { actual }) => sum + actual, 0),
  };
}

/** Calls over which coverage is looked at. */
const WINDOW = 100;

/** How many calls arrived, and after how many ms, until P90 of the service time covered `wanted` of the latest 100 again. */
export function recovery(
  calls: readonly Call[],
  slowFromMs: number,
  wanted: number,
): { calls: number; ms: number } | null {
  const after = calls.filter(({ arrival }) => arrival.atMs >= slowFromMs);
  for (let end = WINDOW; end <= after.length; end++) {
    const latest = after[end - 1];
    if (latest && figuresOf(after.slice(end - WINDOW, end), 'service').p90 >= wanted)
      return { calls: end, ms: latest.arrival.atMs - slowFromMs };
  }
  return null;
}

const pair = (predicted: Quantiles | null, actual: number | null): Pair | null =>
  predicted === null || actual === null ? null : { predicted, actual };
