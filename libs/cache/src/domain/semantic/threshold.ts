import { driftedSince } from './drift';
import type { Label, ThresholdState } from './semantic-model';
import { effectiveCounts, wholeCount, type EffectiveCount } from './threshold-counts';
import { atMostOdds, lowerLimit, upperLimit } from './threshold-limits';

/** Labels of one class that count: the newest. */
export const MAX_LABELS = 5_000;
/** Older labels count for nothing and are removed, in ms. */
export const LABEL_RETENTION_MS = 90 * 86_400_000;

/** Odds of a threshold whose error exceeds the budget. */
const DELTA = 0.05;
/** Where descents begin, in multiples of the trials that could prove the budget without an error. */
const STARTS = [1, 2, 4, 8];
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
  const found = lowestProven(effectiveCounts(evidence), maxErrorPerHit);
  return {
    threshold: found?.similarity ?? null,
    bound: found ? upperLimit(found.errors, found.trials, DELTA / STARTS.length) : null,
    labels: recent.length,
    measured: measuredError(recent),
    drifted: changedAt !== null && !found,
  };
}

function lowestProven(counts: readonly EffectiveCount[], maxErrorPerHit: number): EffectiveCount | undefined {
  const delta = DELTA / STARTS.length;
  const least = Math.log(delta) / Math.log1p(-maxErrorPerHit);
  const ends = STARTS.map((start) => descend(counts, start * least, maxErrorPerHit, delta));
  return ends.reduce(
    (lowest, end) => (end && (!lowest || end.similarity < lowest.similarity) ? end : lowest),
    undefined,
  );
}

function descend(
  counts: readonly EffectiveCount[],
  start: number,
  maxErrorPerHit: number,
  delta: number,
): EffectiveCount | undefined {
  let proven: EffectiveCount | undefined;
  let wanted = start;
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
