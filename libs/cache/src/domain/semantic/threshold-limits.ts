/** Lanczos approximation with g = 7, n = 9: relative error below 1e-13 for x > 0. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const LANCZOS_G = 7;

/** Rounds of the continued fraction; with counts up to 10,000 it needs less than 200. */
const MAX_ROUNDS = 1_000;
const PRECISION = 1e-12;
const TINY = 1e-300;
/** Halvings of [0, 1]: an error below 1e-9. */
const HALVINGS = 30;

/**
 * Exact one-sided limits of an error rate after `errors` in `trials` independent trials (Clopper and Pearson, Biometrika 26, 1934).
 * Counts may be fractions: those of weighted samples are.
 */
export function upperLimit(errors: number, trials: number, delta: number): number {
  if (errors >= trials) return 1;
  return halve((rate) => atMostOdds(errors, trials, rate) > delta);
}

export function lowerLimit(errors: number, trials: number, delta: number): number {
  if (errors <= 0) return 0;
  return halve((rate) => 1 - atMostOdds(errors - 1, trials, rate) < delta);
}

/** Odds of at most `errors` errors in `trials` trials of the rate: the p-value of "the rate is at least so high". */
export function atMostOdds(errors: number, trials: number, rate: number): number {
  if (errors >= trials || rate <= 0) return 1;
  if (errors <= -1 || rate >= 1) return 0;
  return incompleteBeta(1 - rate, trials - errors, errors + 1);
}

/** Where a condition that holds from 0 on ends to hold. */
function halve(holds: (rate: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** Regularised incomplete beta function: Press et al., Numerical Recipes, 3rd edition, 6.4. */
function incompleteBeta(x: number, a: number, b: number): number {
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  const step = (term: number): number => {
    d = 1 / nonZero(1 + term * d);
    c = nonZero(1 + term / c);
    result *= d * c;
    return d * c;
  };
  for (let m = 1; m <= MAX_ROUNDS; m++) {
    step((m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)));
    const change = step((-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)));
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return result;
}

const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

function logGamma(x: number): number {
  const base = x - 1 + LANCZOS_G + 0.5;
  const sum = LANCZOS.reduce((total, coefficient, i) => total + (i === 0 ? coefficient : coefficient / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum);
}
