/**
 * Values between 0 and 1 that come from several voices: whoever speaks often is heard, but does not count as many. Sums over the voices,
 * each of which said `n` values that add up to `s`.
 */
export interface VoiceSums {
  readonly voices: number;
  readonly count: number; // sum of n
  readonly sum: number; // of s
  readonly countSquares: number; // sum of n * n
  readonly sumSquares: number; // of s * s
  readonly products: number; // sum of n * s
}

/** Mean, and as how many values of independent voices these count; null without any. */
export interface VoicedMean {
  readonly mean: number;
  readonly count: number;
}

/**
 * Values of one voice are alike, so that they say less than as many of different ones: the variance of the mean is that between voices
 * (the linearised variance of a ratio: W. G. Cochran, Sampling Techniques, 11.2), and the values count as so many independent ones as would vary
 * as much (E. L. Korn and B. I. Graubard, Survey Methodology 24, 193, 1998), never as more than there are.
 */
export function voicedMean(sums: VoiceSums): VoicedMean | null {
  const { voices, count, sum, countSquares, sumSquares, products } = sums;
  if (count === 0) return null;
  const mean = Math.min(1, Math.max(0, sum / count));
  if (voices < 2) return { mean, count: 1 };
  const independent = (mean * (1 - mean)) / count;
  // Everybody says the same: how much voices differ cannot be told, each counts once.
  if (independent < Number.EPSILON) return { mean, count: voices };
  const squares = Math.max(0, sumSquares - 2 * mean * products + mean * mean * countSquares);
  const between = ((voices / (voices - 1)) * squares) / (count * count);
  return { mean, count: count / Math.max(1, between / independent) };
}
