import { pairFeatures } from './pair-features';
import { PAIR_BIAS, PAIR_WEIGHTS } from './pair-weights';

/** Raised with every change of features or weights: labels keep scores, and those of another version say nothing about this one. */
export const PAIR_SCORE_VERSION = 1;

/**
 * How likely two questions have one answer, 0 to 1, from the cosine of their embeddings and from their words: embedders put questions about
 * one subject close together, whatever is asked about it. Logistic, with no weight below 0, so it rises with the cosine; symmetric; 1 for
 * texts that differ in case and punctuation only. It ranks pairs; as odds it is right on the traffic it was trained on only, which is why
 * thresholds are learned from labels. A pair of 100 characters takes about 40 µs (Node 20).
 */
export function pairScore(asked: string, stored: string, cosine: number): number {
  const features = pairFeatures(asked, stored, cosine);
  if (features === null) return 1;
  const sum = features.reduce((total, value, i) => total + value * (PAIR_WEIGHTS[i] ?? 0), PAIR_BIAS);
  return 1 / (1 + Math.exp(-sum));
}
