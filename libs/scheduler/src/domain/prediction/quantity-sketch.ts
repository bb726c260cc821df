import { DDSketch } from '@datadog/sketches-js';
import type { Quantiles } from './prediction';

/** Relative error of a quantile. */
const ACCURACY = 0.01;
/** What a sketch may hold, in ms or tokens: with the accuracy at most 990 bins of 8 bytes each. */
const MIN_VALUE = 0.01;
const MAX_VALUE = 3_600_000;

const { mapping } = newSketch();
const MIN_KEY = mapping.key(MIN_VALUE);
const MAX_KEY = mapping.key(MAX_VALUE);
/** From the middle of a bin to its upper end. */
const UPPER_END = (1 + mapping.gamma) / 2;

/** `accuracy`: relative error of its quantiles; those of different accuracy cannot be merged. */
export function newSketch(accuracy = ACCURACY): DDSketch {
  return new DDSketch({ relativeAccuracy: accuracy });
}

/** What is no number is left out. */
export function addTo(sketch: DDSketch, value: number): void {
  if (Number.isNaN(value)) return;
  sketch.accept(Math.min(Math.max(value, MIN_VALUE), MAX_VALUE));
}

/** For one walk at a time over the bins of several sketches. */
const summed = new Float64Array(MAX_KEY - MIN_KEY + 1);

/**
 * P50 and P90 of all values of several sketches together; they are added up bin by bin rather than merged, which is several times cheaper.
 * The rank is that of the next value, ceil(q x (n + 1)), so that P90 covers 90% also of few samples (conformal quantile, Vovk et al. 2005);
 * P90 is the upper end of its bin, so that a length which comes often, such as a limit, is not cut below itself.
 */
export function quantilesOf(sketches: readonly DDSketch[]): Quantiles | null {
  let total = 0;
  let [from, to] = [MAX_KEY, MIN_KEY];
  summed.fill(0);
  for (const { store } of sketches) {
    const { bins, offset, minKey, maxKey, count } = store;
    if (count === 0) continue;
    total += count;
    from = Math.min(from, minKey);
    to = Math.max(to, maxKey);
    for (let key = minKey; key <= maxKey; key++) {
      const at = key - MIN_KEY;
      summed[at] = (summed[at] ?? 0) + (bins[key - offset] ?? 0);
    }
  }
  if (total === 0) return null;
  const middle = keyAt(rankOf(0.5, total), from, to);
  const upper = keyAt(rankOf(0.9, total), from, to);
  return { p50: mapping.value(middle), p90: mapping.value(upper) * UPPER_END };
}

const rankOf = (q: number, total: number): number => Math.min(total, Math.ceil(q * (total + 1)));

function keyAt(rank: number, from: number, to: number): number {
  let seen = 0;
  for (let key = from; key < to; key++) {
    seen += summed[key - MIN_KEY] ?? 0;
    if (seen >= rank) return key;
  }
  return to;
}

/** Bins as pairs of key and count, one after the other. */
export function binsOf({ store }: DDSketch): number[] {
  const bins: number[] = [];
  if (store.count === 0) return bins;
  for (let key = store.minKey; key <= store.maxKey; key++) {
    const count = store.bins[key - store.offset] ?? 0;
    if (count > 0) bins.push(key, count);
  }
  return bins;
}

export function addBins(sketch: DDSketch, bins: readonly number[]): void {
  for (let at = 0; at + 1 < bins.length; at += 2) {
    const [key = 0, count = 0] = [bins[at], bins[at + 1]];
    if (key >= MIN_KEY && key <= MAX_KEY && count > 0) sketch.accept(mapping.value(key), count);
  }
}
