import type { Label } from './semantic-model';
import { effectiveCounts } from './threshold-counts';
import { lowerLimit, upperLimit } from './threshold-limits';

/** Points lie so far apart, on the scale of scores. */
const STEPS = 100;
/** Of each end of the interval. */
const TAIL = 0.025;

/** Error per hit if everything from `threshold` on were served, with its 95% interval. */
export interface ErrorPoint {
  readonly threshold: number;
  readonly error: number;
  readonly low: number;
  readonly high: number;
  /** That lie there. */
  readonly labels: number;
}

/**
 * What labels say about each threshold by itself, the highest first; points below which no further label lies are left out. A single
 * one is right with 95%: who picks the best of many flatters it, which is why thresholds are not chosen here (see `chooseThreshold`).
 */
export function errorCurve(labels: readonly Label[]): ErrorPoint[] {
  const counts = effectiveCounts(labels);
  const scores = labels.map(({ similarity }) => similarity).sort((a, b) => b - a);
  const points: ErrorPoint[] = [];
  let [known, above] = [0, 0];
  for (let step = STEPS - 1; step >= 0 && above < scores.length; step--) {
    const threshold = step / STEPS;
    while (above < scores.length && (scores[above] ?? 0) >= threshold) above++;
    while (known < counts.length && (counts[known]?.similarity ?? 0) >= threshold) known++;
    const count = counts[known - 1];
    if (!count || points.at(-1)?.labels === above) continue;
    const { errors, trials } = count;
    const interval = { low: lowerLimit(errors, trials, TAIL), high: upperLimit(errors, trials, TAIL) };
    points.push({ threshold, error: errors / trials, ...interval, labels: above });
  }
  return points;
}
