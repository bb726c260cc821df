import type { Schemas } from '../../api/client';
import { totalsOf } from './queue-totals';

export interface Sample {
  readonly at: number; // ms since 1970
  readonly short: number;
  readonly long: number;
  readonly inUse: number;
  readonly slots: number;
}

/** What the chart has room for. */
export const MAX_SAMPLES = 150;

/** Looks are as far apart as the clock of the page makes them; the same look is kept once. */
export function withSample(
  samples: readonly Sample[],
  at: number,
  pools: readonly Schemas['Pool'][],
): readonly Sample[] {
  if (samples.at(-1)?.at === at) return samples;
  const { short, long, inUse, slots } = totalsOf(pools);
  return [...samples, { at, short, long, inUse, slots }].slice(-MAX_SAMPLES);
}

/** P50 and P95 of waits, in ms; null where nobody waited. */
export function waitsOf(waits: readonly number[]): { readonly p50: number | null; readonly p95: number | null } {
  const sorted = [...waits].sort((a, b) => a - b);
  const at = (share: number): number | null => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
  return { p50: at(0.5), p95: at(0.95) };
}
