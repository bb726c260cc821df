/** One pair: features, whether it is right, and how much it counts. */
export interface PairRow {
  readonly features: readonly number[];
  readonly correct: boolean;
  readonly weight: number;
}

export interface LogisticModel {
  readonly bias: number;
  readonly weights: readonly number[]; // none below 0
}

/** So many rounds over all weights: far more than the handful of them needs. */
const ROUNDS = 60;
/** Pull of each weight towards 0, as a share of all rows. */
const RIDGE = 1e-5;

/** Logistic regression with no weight below 0, by Newton steps for one weight at a time. Same rows, same model; nothing is random. */
export function fitLogistic(rows: readonly PairRow[]): LogisticModel {
  const inputs = rows.map(({ features }) => [1, ...features]);
  const count = inputs[0]?.length ?? 1;
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  const model = new Float64Array(count);
  const sums = new Float64Array(rows.length);
  for (let round = 0; round < ROUNDS; round++) {
    for (let at = 0; at < count; at++) {
      const ridge = at === 0 ? 0 : RIDGE * total;
      let slope = -ridge * (model[at] ?? 0);
      let curve = ridge + Number.EPSILON;
      rows.forEach(({ correct, weight }, row) => {
        const value = inputs[row]?.[at] ?? 0;
        const odds = 1 / (1 + Math.exp(-(sums[row] ?? 0)));
        slope += weight * ((correct ? 1 : 0) - odds) * value;
        curve += weight * odds * (1 - odds) * value * value;
      });
      const wanted = (model[at] ?? 0) + slope / curve;
      const change = (at === 0 ? wanted : Math.max(0, wanted)) - (model[at] ?? 0);
      model[at] = (model[at] ?? 0) + change;
      inputs.forEach((input, row) => (sums[row] = (sums[row] ?? 0) + change * (input[at] ?? 0)));
    }
  }
  const [bias = 0, ...weights] = model;
  return { bias, weights };
}
