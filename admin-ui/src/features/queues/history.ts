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
