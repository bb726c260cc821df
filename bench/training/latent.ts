import { seededRandom } from './random';
import { product, transposed, type SparseRows } from './sparse-rows';

const ROUNDS = 4;

/**
 * Weights (by feature, then dimension) of the `dimensions` directions along which the rows differ most: right singular vectors by
 * orthogonal iteration (Golub and Van Loan, 8.2.4), the strongest first. Features from index `used` on have no part in them.
 */
export function latentWeights(
  rows: SparseRows,
  features: number,
  used: number,
  dimensions: number,
  seed: number,
): Float64Array {
  const random = seededRandom(seed);
  let directions: Float64Array = Float64Array.from({ length: features * dimensions }, () => random() - 0.5);
  directions.fill(0, used * dimensions);
  for (let round = 0; round < ROUNDS; round++) {
    const scores = product(rows, directions, dimensions);
    orthonormalise(scores, dimensions); // on this side, where there are fewer: rows, not features
    directions = transposed(rows, scores, dimensions, features);
    directions.fill(0, used * dimensions);
  }
  orthonormalise(directions, dimensions);
  return directions;
}

/** Makes the columns perpendicular to one another and of length 1, in place (modified Gram-Schmidt); a column of nothing stays 0. */
function orthonormalise(columns: Float64Array, count: number): void {
  for (let column = 0; column < count; column++) {
    for (let other = 0; other < column; other++) {
      let dot = 0;
      for (let i = 0; i < columns.length; i += count) dot += (columns[i + column] ?? 0) * (columns[i + other] ?? 0);
      for (let i = 0; i < columns.length; i += count)
        columns[i + column] = (columns[i + column] ?? 0) - dot * (columns[i + other] ?? 0);
    }
    let squares = 0;
    for (let i = column; i < columns.length; i += count) squares += (columns[i] ?? 0) ** 2;
    const scale = squares > 1e-20 ? 1 / Math.sqrt(squares) : 0;
    for (let i = column; i < columns.length; i += count) columns[i] = (columns[i] ?? 0) * scale;
  }
}
