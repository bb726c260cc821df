/**
 * Sums over the requests of one side, of a measure that not every request has: by request, and by unit (who always gets the same
 * policy), whose requests are alike and therefore say less than as many of strangers.
 */
export interface Sums {
  readonly requests: number; // n
  readonly total: number; // Σx
  readonly squares: number; // Σx²
  readonly units: number;
  /** Over the units: of their requests, of their totals, and of both multiplied. */
  readonly unitRequestSquares: number; // Σn_u²
  readonly unitTotalSquares: number; // Σs_u²
  readonly unitProducts: number; // Σn_u·s_u
}

/** A mean and the variance of that mean. */
export interface Estimate {
  readonly mean: number;
  readonly variance: number;
}

/** Fewer units have no variance to speak of: their requests count as independent then. */
export const MIN_UNITS = 5;

/**
 * The mean of a measure. Its variance is the larger one of that of independent requests and that of independent units: the ratio
 * estimator, linearised (Cochran, Sampling Techniques, 1977, 6.4), widened as a t distribution is for few units. A yes-or-no that
 * all requests agree on would have none, so two more requests, one of each, are counted for it (Agresti and Coull, 1998).
 */
export function estimate(sums: Sums, isYesOrNo: boolean): Estimate {
  const { requests, total, squares } = sums;
  const mean = total / requests;
  const cautious = (total + 1) / (requests + 2);
  const spread = isYesOrNo ? cautious * (1 - cautious) : Math.max(0, squares / requests - mean * mean);
  return { mean, variance: Math.max(spread / requests, varianceByUnit(sums, mean)) };
}

function varianceByUnit(sums: Sums, mean: number): number {
  const { requests, units, unitRequestSquares, unitTotalSquares, unitProducts } = sums;
  if (units < MIN_UNITS) return 0;
  const residuals = unitTotalSquares - 2 * mean * unitProducts + mean * mean * unitRequestSquares;
  const variance = ((units / (units - 1)) * Math.max(0, residuals)) / (requests * requests);
  return (variance * (units - 1)) / (units - 3); // the variance of t with units - 1 degrees of freedom
}

/** `left` minus `factor` times `right`, which are independent. */
export function difference(left: Estimate, right: Estimate, factor = 1): Estimate {
  return { mean: left.mean - factor * right.mean, variance: left.variance + factor * factor * right.variance };
}

/** How much farther the second of two normal priors reaches. */
const FAR = 10;

/**
 * Half of the width of an interval around an estimate that holds at every look at once, with a probability of 1 - `alpha`:
 * whoever looks each minute and acts on the first interval that leaves what is allowed out is as seldom wrong as who looks once.
 *
 * The mixture of Robbins (1970) with a normal prior of the standard deviation `scale`, inverted: the mSPRT of Johari, Koomen,
 * Pekelis and Walsh (Always Valid Inference, Operations Research 70, 2022, https://arxiv.org/abs/1512.04922), which holds for means
 * of anything by the central limit theorem over time of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (Annals of Statistics 52,
 * 2024, https://arxiv.org/abs/2103.06476). It is narrowest where the truth is about `scale` away; a second one, ten times as far, has
 * half of the doubt, so that what fails altogether is found out from few requests.
 */
export function halfWidth(variance: number, scale: number, alpha: number): number {
  if (variance <= 0 || scale <= 0) return 0;
  const halves = [scale, scale * FAR].map((prior) => halfWidthFor(variance, prior * prior, alpha / 2));
  return Math.min(...halves);
}

function halfWidthFor(variance: number, prior: number, alpha: number): number {
  const both = variance + prior;
  return Math.sqrt(((variance * both) / prior) * (2 * Math.log(1 / alpha) + Math.log(both / variance)));
}
