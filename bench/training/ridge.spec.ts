import { ridge } from './ridge';
import type { SparseRows } from './sparse-rows';

// y0 = 1 + 2 a - b, y1 = 5 - a; features a, b.
const points = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
  [1, -1],
  [-1, 1],
] as const;
const rows: SparseRows = {
  indices: Int32Array.from(points.flatMap(() => [0, 1])),
  values: Float32Array.from(points.flat()),
  starts: Int32Array.from({ length: points.length + 1 }, (_, i) => 2 * i),
};
const targets = Float32Array.from(points.flatMap(([a, b]) => [1 + 2 * a - b, 5 - a]));
const rounded = (values: Iterable<number>): number[] =>
  Array.from(values, (value) => Math.round(value * 1e4) / 1e4 + 0);

describe('ridge', () => {
  it('finds the weights of each head', () => {
    const { weights, bias } = ridge(rows, targets, 2, 2, { alpha: 0, iterations: 10 });
    expect(rounded(bias)).toEqual([1, 5]);
    expect(rounded(weights)).toEqual([2, -1, -1, 0]);
  });

  it('pulls weights towards 0', () => {
    const { weights } = ridge(rows, targets, 2, 2, { alpha: 4, iterations: 10 });
    expect(weights[0]).toBeGreaterThan(0.5);
    expect(weights[0]).toBeLessThan(1.9);
  });

  it('learns nothing about a head from rows that say nothing about it', () => {
    const partial = targets.slice();
    partial[8] = NaN; // first head of the fifth point
    partial[10] = NaN;
    const { weights, bias } = ridge(rows, partial, 2, 2, { alpha: 0, iterations: 10 });
    expect(rounded(bias)).toEqual([1, 5]);
    expect(rounded(weights)).toEqual([2, -1, -1, 0]);
    const none = ridge(
      rows,
      targets.map((value, i) => (i % 2 ? NaN : value)),
      2,
      2,
      { alpha: 1, iterations: 10 },
    );
    expect([none.weights[1], none.weights[3], none.bias[1]]).toEqual([0, 0, 0]);
  });
});
