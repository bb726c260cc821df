const CENTRE_UPTO = 0.97575; // beyond it the tail has an approximation of its own

const CENTRE_OVER = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const CENTRE_UNDER = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1,
];
const TAIL_OVER = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_UNDER = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];

/**
 * How many standard deviations around the mean hold such a share (0 to 1, exclusive) of a normal distribution: 1.96 for 0.95. Off by
 * 1.2e-9 relatively at most (P. J. Acklam's rational approximation of the inverse of the normal distribution, 2003).
 */
export function deviationsOf(confidence: number): number {
  const upTo = (1 + confidence) / 2;
  if (upTo <= CENTRE_UPTO) {
    const offset = upTo - 0.5;
    const square = offset * offset;
    return (offset * polynomial(CENTRE_OVER, square)) / polynomial(CENTRE_UNDER, square);
  }
  const depth = Math.sqrt(-2 * Math.log(1 - upTo));
  return -polynomial(TAIL_OVER, depth) / polynomial(TAIL_UNDER, depth);
}

const polynomial = (terms: readonly number[], at: number): number => terms.reduce((sum, term) => sum * at + term, 0);
