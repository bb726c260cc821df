import { lowerLimit, upperLimit } from '@relay/cache';
import type { Outcome } from './serve-stream';

/** Of each end of the interval: together 95%, Clopper and Pearson. */
const TAIL = 0.025;

export interface Figures {
  readonly requests: number;
  readonly hits: number;
  readonly wrong: number;
  readonly hitRate: number;
  readonly errorPerRequest: number;
  readonly errorPerHit: number; // NaN without hits
  readonly low: number; // of errorPerHit
  readonly high: number;
}

export function figuresOf(outcomes: readonly Outcome[]): Figures {
  const requests = outcomes.length;
  const hits = outcomes.filter(({ hit }) => hit).length;
  const wrong = outcomes.filter((outcome) => outcome.wrong).length;
  return {
    requests,
    hits,
    wrong,
    hitRate: hits / requests,
    errorPerRequest: wrong / requests,
    errorPerHit: wrong / hits,
    low: lowerLimit(wrong, hits, TAIL),
    high: upperLimit(wrong, hits, TAIL),
  };
}

/** Runs of the same kind taken together, e.g. of several orders. */
export const pooled = (runs: readonly (readonly Outcome[])[]): Figures => figuresOf(runs.flat());

/** What is left once the first half has been learned from. */
export const secondHalf = (outcomes: readonly Outcome[]): Outcome[] => outcomes.slice(outcomes.length >> 1);

export const percent = (share: number): string => (Number.isNaN(share) ? '-' : `${(100 * share).toFixed(1)}%`);

/** Error per hit with its interval. */
export const errorCell = ({ hits, errorPerHit, low, high }: Figures): string =>
  hits === 0 ? '-' : `${percent(errorPerHit)} [${percent(low)}, ${percent(high)}]`;
