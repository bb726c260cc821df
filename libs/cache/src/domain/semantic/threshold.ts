import { findDrift } from './drift';
import { errorCurve, type ErrorPoint } from './error-curve';
import type { Label, ThresholdState } from './semantic-model';
import { effectiveCounts, wholeCount, type EffectiveCount } from './threshold-counts';
import { atMostOdds, lowerLimit, upperLimit } from './threshold-limits';

/** Labels of one class that count: the newest. */
export const MAX_LABELS = 5_000;
/** Older labels count for nothing and are removed, in ms. */
export const LABEL_RETENTION_MS = 90 * 86_400_000;

/**
 * Where descents begin, in multiples of the labels that prove the budget without one error, and the odds of each to end at a threshold that
 * exceeds it: together 5%. The first begins to serve early, the later ones bear with errors among the nearest.
 */
const DESCENTS = [
  { start: 1, delta: 0.02 },
  { start: 2, delta: 0.01 },
  { start: 4, delta: 0.01 },
  { start: 8, delta: 0.01 },
] as const;
/** The newer half of the labels has to agree, with these odds of being wrong: what held long ago may hold no more. */
const NEWER_HALF_DELTA = 0.2;
/** From one tested threshold to the next the similarities above it grow in number by this factor. */
const STEP = 1.05;
/**
 * Share of the pairs, the nearest, that may be served before any hit was rechecked. Serving changes what comes: a question that is
 * answered wrongly is not stored, and answered wrongly again. Labels of misses do not show that, labels of hits do.
 */
const UNTRIED_SHARE = 1 / 5;
/** So sure of the budget that hits without an error make what may be served twice as much. */
const TRIED_DELTA = 0.03;
/** After each change of the error so many times as many labels are wanted: this traffic is less alike from day to day than the bound supposes. */
const MISTRUST = 2;
/** Of each end of the interval around the measured error. */
const TAIL = 0.025;

/**
 * The lowest score that may be served if at most `maxErrorPerHit` of the hits shall be wrong, for mode `verified`. Labels in any order.
 *
 * Population: requests whose nearest neighbour passed the guards; a threshold serves those from it on. For each threshold "more than the budget
 * is wrong" is tested by the exact binomial on effective counts. The smallest error of many thresholds would flatter itself, so they are not
 * compared: tests go down in a fixed order and stop at the first that fails, which keeps the odds of any false one at delta (Learn then Test,
 * arXiv:2110.01052, 4.2: fixed sequences from several starts share delta). Where they start depends on similarities and weights, never on outcomes.
 *
 * It holds for exchangeable traffic, at any one time with 95%. It is approximate in three ways: weights by Kish's effective
 * number, thresholds at observed similarities, and repeated looks at growing data. A betting bound (Waudby-Smith and Ramdas, JRSS B 86, 2024)
 * is exact in the last but begins later; vCache (arXiv:2502.03771) fits a curve for each entry, which needs many requests an entry. For
 * traffic that is not exchangeable there are `findDrift`, the newer half, `UNTRIED_SHARE`, `MISTRUST` and `recheckOdds`: measured by
 * `npm run bench -- semantic` in the order of the data sets, one intent after the other.
 */
export function chooseThreshold(labels: readonly Label[], maxErrorPerHit: number, now: number): ThresholdState {
  const { recent, drift, evidence } = evidenceOf(labels, maxErrorPerHit, now);
  const { proven, reach } = lowestProven(evidence, maxErrorPerHit, MISTRUST ** (drift?.alarms ?? 0));
  return {
    threshold: proven?.threshold ?? null,
    bound: proven?.bound ?? null,
    reach,
    labels: recent.length,
    measured: measuredError(recent),
    drifted: drift !== null && !proven,
  };
}

/** The error of each threshold, from the labels that one is chosen from. Up to 100 points, some 20 ms. */
export function errorsOf(labels: readonly Label[], maxErrorPerHit: number, now: number): ErrorPoint[] {
  return errorCurve(evidenceOf(labels, maxErrorPerHit, now).evidence);
}

/** The labels that count, and those of them since the error last changed. */
function evidenceOf(labels: readonly Label[], maxErrorPerHit: number, now: number) {
  const recent = newest(labels, now);
  const drift = findDrift(recent, maxErrorPerHit);
  return { recent, drift, evidence: recent.filter(({ at }) => drift === null || at >= drift.since) };
}

interface Proven {
  readonly threshold: number;
  readonly bound: number;
}

function lowestProven(
  evidence: readonly Label[],
  maxErrorPerHit: number,
  mistrust: number,
): { proven: Proven | undefined; reach: number | null } {
  const counts = effectiveCounts(evidence);
  const newer = effectiveCounts(evidence.slice(evidence.length >> 1));
  const allowed = untilShare(counts, UNTRIED_SHARE * (1 + hitsIn(evidence) / cleanTrials(maxErrorPerHit, TRIED_DELTA)));
  let proven: Proven | undefined;
  for (const { start, delta } of DESCENTS) {
    const proves = (count: EffectiveCount): boolean =>
      atMostOdds(count.errors, count.trials, maxErrorPerHit) <= delta &&
      agrees(newer, count.similarity, maxErrorPerHit);
    const end = descend(allowed, start * mistrust * cleanTrials(maxErrorPerHit, delta), proves);
    if (!end || (proven && proven.threshold <= end.similarity)) continue;
    proven = { threshold: end.similarity, bound: upperLimit(end.errors, end.trials, delta) };
  }
  return { proven, reach: allowed.at(-1)?.similarity ?? null };
}

/** Trials without an error that prove the budget. */
const cleanTrials = (maxErrorPerHit: number, delta: number): number => Math.log(delta) / Math.log1p(-maxErrorPerHit);

const hitsIn = (labels: readonly Label[]): number => labels.filter(({ source }) => source !== 'miss').length;

/** The counts of the nearest pairs, up to so large a share of all. */
function untilShare(counts: readonly EffectiveCount[], share: number): readonly EffectiveCount[] {
  const last = counts.findIndex((count) => count.share >= share);
  return last < 0 ? counts : counts.slice(0, last + 1);
}

/** Down from the first similarity that has enough trials above it, until the budget is not proven any more. */
function descend(
  counts: readonly EffectiveCount[],
  least: number,
  proves: (count: EffectiveCount) => boolean,
): EffectiveCount | undefined {
  let proven: EffectiveCount | undefined;
  let next = 0;
  for (const [i, count] of counts.entries()) {
    if (count.trials < least || (i < next && i < counts.length - 1)) continue;
    if (!proves(count)) break;
    proven = count;
    next = (i + 1) * STEP;
  }
  return proven;
}

function agrees(newer: readonly EffectiveCount[], similarity: number, maxErrorPerHit: number): boolean {
  const count = newer.findLast((each) => each.similarity >= similarity);
  return count !== undefined && atMostOdds(count.errors, count.trials, maxErrorPerHit) <= NEWER_HALF_DELTA;
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
    marked: hits.filter(({ source }) => source === 'bad-hit').length,
  };
}
