import type { Label } from './semantic-model';

/** Neighbours in the order of similarity that share their weight. */
const GROUP = 25;

/** What is known of all labels from one similarity on: as so many independent trials with so many errors. */
export interface EffectiveCount {
  /** Lowest similarity among them. */
  readonly similarity: number;
  readonly trials: number;
  readonly errors: number;
  /** Share of all pairs that the labels stand for. */
  readonly share: number;
}

/**
 * One count for each similarity that occurs, the highest first.
 *
 * The share of errors is that of Horvitz and Thompson (JASA 47, 1952): each label stands for as many pairs as its weight says. Its certainty
 * is that of Kish's effective number (sum w)^2 / (sum w^2) of equal trials (Survey Sampling, 1965).
 * Whether a pair was judged depends on its similarity and on chance, not on the outcome, so labels of like similarity may share their
 * weights (Beaumont, Biometrika 95, 2008). Otherwise the first rechecked hits, which weigh most, would make everything that was
 * learned on misses uncertain again.
 *
 * Bad hits are no sample: who is content says nothing. Each counts as one more trial, and an error, wherever it fell.
 */
export function effectiveCounts(labels: readonly Label[]): EffectiveCount[] {
  const ranked = [...labels].sort((a, b) => b.similarity - a.similarity);
  const weights = sharedWeights(ranked);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const counts: EffectiveCount[] = [];
  const sums = { weights: 0, squares: 0, errors: 0, badHits: 0 };
  ranked.forEach((label, i) => {
    const weight = weights[i] ?? 0;
    sums.weights += weight;
    sums.squares += weight * weight;
    if (label.source === 'bad-hit') sums.badHits++;
    else if (!label.correct) sums.errors += weight;
    if (ranked[i + 1]?.similarity === label.similarity) return;
    counts.push({ similarity: label.similarity, ...countOf(sums), share: all === 0 ? 1 : sums.weights / all });
  });
  return counts;
}

function countOf(sums: {
  weights: number;
  squares: number;
  errors: number;
  badHits: number;
}): Pick<EffectiveCount, 'trials' | 'errors'> {
  const { weights, squares, errors, badHits } = sums;
  if (weights === 0) return { trials: badHits, errors: badHits };
  const trials = (weights * weights) / squares;
  return { trials: trials + badHits, errors: (errors / weights) * trials + badHits };
}

/** The mean weight of each group of neighbours; bad hits weigh nothing here. */
function sharedWeights(ranked: readonly Label[]): Float64Array {
  const weights = new Float64Array(ranked.length);
  for (let from = 0; from < ranked.length; from += GROUP) {
    const group = ranked.slice(from, from + GROUP);
    const sampled = group.filter(({ source }) => source !== 'bad-hit');
    const mean = sampled.reduce((sum, { weight }) => sum + weight, 0) / Math.max(1, sampled.length);
    group.forEach(({ source }, i) => (weights[from + i] = source === 'bad-hit' ? 0 : mean));
  }
  return weights;
}

/** Weighted error of a whole sample. */
export function wholeCount(labels: readonly Label[]): EffectiveCount | undefined {
  return effectiveCounts(labels).at(-1);
}
