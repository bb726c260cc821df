import { driftedSince } from './drift';
import type { Label, ThresholdState } from './semantic-model';
import { effectiveCounts, wholeCount, type EffectiveCount } from './threshold-counts';
import { atMostOdds, lowerLimit, upperLimit } from './threshold-limits';

/** Labels of one class that count: the newest. */
export const MAX_LABELS = 5_000;
/** Older labels count for nothing and are removed, in ms. */
export const LABEL_RETENTION_MS = 90 * 86_400_000;

/**
 * Where descents begin, in multiples of the labels that prove the budget without one error, and the odds of each to end at a threshold that
 * exceeds it: together 5%. The first begins to serve early, the second bears with an error among the nearest.
 */
const DESCENTS = [
  { start: 1, delta: 0.03 },
  { start: 4, delta: 0.02 },
] as const;
/** From one tested threshold to the next the trials grow by this factor. */
const STEP = 1.05;
/** Of each end of the interval around the measured error. */
const TAIL = 0.025;

/**
 * The lowest similarity that may be served if at most `maxErrorPerHit` of the hits shall be wrong, for mode `verified`.
 * Labels in any order; pure.
 */
export function chooseThreshold(labels: readonly Label[], maxErrorPerHit: number, now: number): ThresholdState {
  const recent = newest(labels, now);
  const changedAt = driftedSince(recent, maxErrorPerHit);
  const evidence = changedAt === null ? recent : recent.filter(({ at }) => at >= changedAt);
  const proven = lowestProven(effectiveCounts(evidence), maxErrorPerHit);
  return {
    threshold: proven?.threshold ?? null,
    bound: proven?.bound ?? null,
    labels: recent.length,
    measured: measuredError(recent),
    drifted: changedAt !== null && !proven,
  };
}

interface Proven {
  readonly threshold: number;
  readonly bound: number;
}

function lowestProven(counts: readonly EffectiveCount[], maxErrorPerHit: number): Proven | undefined {
  let lowest: Proven | undefined;
  for (const { start, delta } of DESCENTS) {
    const least = (start * Math.log(delta)) / Math.log1p(-maxErrorPerHit);
    const end = descend(counts, least, maxErrorPerHit, delta);
    if (!end || (lowest && lowest.threshold <= end.similarity)) continue;
    lowest = { threshold: end.similarity, bound: upperLimit(end.errors, end.trials, delta) };
  }
  return lowest;
}

/** Down from the first similarity that has enough trials above it, until the budget is not proven any more. */
function descend(
  counts: readonly EffectiveCount[],
  least: number,
  maxErrorPerHit: number,
  delta: number,
): EffectiveCount | undefined {
  let proven: EffectiveCount | undefined;
  let wanted = least;
  for (const count of counts) {
    if (count.trials < wanted) continue;
    if (atMostOdds(count.errors, count.trials, maxErrorPerHit) > delta) break;
    proven = count;
    wanted = count.trials * STEP;
  }
  return proven;
}

function newest(labels: readonly Label[], now: number): Label[] {
  return labels
    .filter(({ at }) => at > now - LABEL_RETENTION_MS)
    .sort((a, b) => a.at - b.at)
    .slice(-MAX_LABELS);
}

function measuredError(labels: readonly Label[]): ThresholdState['measured'] {
  const hits = labels.filter(({ source }) => source !== 'miss');
  const count = wholeCount(hits);
  if (!count) return null;
  const { errors, trials } = count;
  return {
    error: errors / trials,
    low: lowerLimit(errors, trials, TAIL),
    high: upperLimit(errors, trials, TAIL),
    hits: hits.length,
  };
}
