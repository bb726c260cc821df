/** What a sample says of the whole: a value and the interval that it lies in with the confidence of `deviations` (see `deviationsOf`). */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The score interval of a share (E. B. Wilson, JASA 1927), which stays within 0 and 1 and holds for few cases as well. It also holds for
 * the mean of values between 0 and 1: their variance is at most that of a share with this mean. `count` above 0.
 */
export function shareInterval(share: number, count: number, deviations: number): Estimate {
  const square = deviations * deviations;
  const middle = (share + square / (2 * count)) / (1 + square / count);
  const half =
    (deviations / (1 + square / count)) * Math.sqrt((share * (1 - share)) / count + square / (4 * count * count));
  return {
    value: share,
    low: Math.max(0, Math.min(share, middle - half)),
    high: Math.min(1, Math.max(share, middle + half)),
  };
}

/** Of a mean of many values, by the central limit theorem; `variance` is that of single values. `count` above 0. */
export function meanInterval(mean: number, variance: number, count: number, deviations: number): Estimate {
  const half = deviations * Math.sqrt(Math.max(0, variance) / count);
  return { value: mean, low: mean - half, high: mean + half };
}

/**
 * Places, from 1 on, in the order of size, between which a quantile lies whatever the distribution is (W. J. Conover, Practical
 * Nonparametric Statistics, 3.2). Null where there are too few values for a bound.
 */
export function quantileRanks(
  quantile: number,
  count: number,
  deviations: number,
): { readonly low: number | null; readonly high: number | null } {
  const half = deviations * Math.sqrt(count * quantile * (1 - quantile));
  const low = Math.floor(count * quantile - half);
  const high = Math.ceil(count * quantile + half) + 1;
  return { low: low >= 1 ? low : null, high: high <= count ? high : null };
}

/**
 * By how much the second is more than the first, of two samples that have nothing to do with each other, from their own intervals:
 * method 10 of R. G. Newcombe (Statistics in Medicine 17, 873, 1998), of anything but shares after G. Zou and A. Donner (Statistics in
 * Medicine 27, 1693, 2008).
 */
export function differenceOf(first: Estimate, second: Estimate): Estimate {
  const value = second.value - first.value;
  return {
    value,
    low: value - Math.hypot(second.value - second.low, first.high - first.value),
    high: value + Math.hypot(second.high - second.value, first.value - first.low),
  };
}
