import { latentWeights } from './latent';
import type { SparseRows } from './sparse-rows';

describe('latentWeights', () => {
  it('finds the directions in which rows differ most, the strongest first, and leaves out what it is told to', () => {
    // nine rows along (3, 4, 0, 0), two along the third feature; the fourth is large but not to be used
    const rows: SparseRows = {
      indices: Int32Array.from([...Array.from({ length: 9 }, () => [0, 1, 3]).flat(), 2, 3, 2, 3]),
      values: Float32Array.from([...Array.from({ length: 9 }, () => [0.6, 0.8, 50]).flat(), 1, 50, 1, 50]),
      starts: Int32Array.from([...Array.from({ length: 10 }, (_, i) => 3 * i), 29, 31]),
    };
    const weights = latentWeights(rows, 4, 3, 2, 1);
    const column = (which: number): number[] => [0, 1, 2, 3].map((i) => Math.abs(weights[i * 2 + which] ?? 0));
    const [first, second] = [column(0), column(1)];
    for (const [i, value] of [0.6, 0.8, 0, 0].entries()) expect(first[i]).toBeCloseTo(value, 1);
    for (const [i, value] of [0, 0, 1, 0].entries()) expect(second[i]).toBeCloseTo(value, 1);
  });
});
