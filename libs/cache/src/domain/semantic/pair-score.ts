import type { Reading } from './guards/reading';
import { pairFeatures } from './pair-features';
import { PAIR_BIAS, PAIR_WEIGHTS, SURROUNDINGS_WEIGHTS } from './pair-weights';
import { ALONE, type Surroundings } from './surroundings';

/** Raised with every change of features or weights: labels keep scores, and those of another version say nothing about this one. */
export const PAIR_SCORE_VERSION = 2;

/**
 * How alike two questions are by the cosine of their embeddings and by their words, as log odds without bounds: embedders put questions about
 * one subject close together, whatever is asked about it. No weight is below 0, so it rises with the cosine; symmetric; infinite for texts
 * that differ in case and punctuation only. A pair of 100 characters takes about 40 µs (Node 20); less with a `read` that has texts taken apart at hand.
 */
export function pairLikeness(asked: string, stored: string, cosine: number, read?: (text: string) => Reading): number {
  const features = pairFeatures(asked, stored, cosine, read);
  if (features === null) return Number.POSITIVE_INFINITY;
  return features.reduce((total, value, i) => total + value * (PAIR_WEIGHTS[i] ?? 0), PAIR_BIAS);
}

/**
 * How likely two questions so alike have one answer, 0 to 1, where so much is known of what lies around. It ranks; as odds it is right on
 * the traffic it was trained on only, which is why thresholds are learned from labels.
 */
export function scoreOf(likeness: number, surroundings: Surroundings): number {
  const sum = FIELDS.reduce((total, field) => total + surroundings[field] * SURROUNDINGS_WEIGHTS[field], likeness);
  return 1 / (1 + Math.exp(-sum));
}

/** Of two questions of which nothing else is known. */
export const pairScore = (asked: string, stored: string, cosine: number): number =>
  scoreOf(pairLikeness(asked, stored, cosine), ALONE);

const FIELDS = Object.keys(ALONE) as (keyof Surroundings)[];
