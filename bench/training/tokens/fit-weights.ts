/** A text as the estimate sees it, and what the tokenizer made of it. */
export interface Row {
  readonly counts: Float64Array;
  readonly tokens: number;
  readonly weight: number; // how much it matters
}

const ROUNDS = 2_000;
/** Pull towards zero, as a share of the evidence for a weight: keeps apart what always occurs together. */
const RIDGE = 0.001;

/**
 * Weights that make the sum over rows of weight x (estimate - tokens)² / tokens smallest: coordinate descent. Divided by the
 * tokens, because a wrong short prompt matters as much as a wrong long one. None is below zero but those in `mayBeNegative`.
 */
export function fitWeights(rows: readonly Row[], size: number, mayBeNegative: ReadonlySet<number>): Float64Array {
  const weights = new Float64Array(size);
  const scales = rows.map(({ tokens, weight }) => Math.sqrt(weight / tokens));
  const scaled = rows.map(({ counts }, at) => counts.map((count) => count * (scales[at] ?? 0)));
  const residuals = Float64Array.from(rows, ({ tokens }, at) => tokens * (scales[at] ?? 0));
  const curvatures = weights.map((_, i) => scaled.reduce((sum, row) => sum + (row[i] ?? 0) ** 2, 0));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, curvature] of curvatures.entries()) {
      if (curvature === 0) continue;
      const before = weights[i] ?? 0;
      let slope = before * curvature;
      scaled.forEach((row, at) => (slope += (row[i] ?? 0) * (residuals[at] ?? 0)));
      const after = slope / (curvature * (1 + RIDGE));
      weights[i] = mayBeNegative.has(i) ? after : Math.max(0, after);
      const change = (weights[i] ?? 0) - before;
      if (change === 0) continue;
      scaled.forEach((row, at) => (residuals[at] = (residuals[at] ?? 0) - change * (row[i] ?? 0)));
    }
  }
  return weights;
}
