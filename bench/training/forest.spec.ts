import { LEAF } from '@relay/prompt';
import { growForest, type ForestOptions } from './forest';
import { seededRandom } from './random';

const OPTIONS: ForestOptions = { trees: 20, minLeaf: 5, tries: 4, seed: 3 };
const random = seededRandom(9);
const ROWS = Array.from({ length: 300 }, () => ({ a: random(), b: random() }));
const inputs = Float64Array.from(ROWS.flatMap(({ a, b }) => [a, b]));
// the first output is right where exactly one of a and b is large: no weighted sum of them tells
const isFirst = ({ a, b }: { a: number; b: number }): boolean => a > 0.5 !== b > 0.5;
const targets = Float64Array.from(ROWS.flatMap((row) => (isFirst(row) ? [1, 0] : [0, 1])));

/** Mean over the trees of the share of the first output, by walking the arrays. */
function walk(forest: ReturnType<typeof growForest>, a: number, b: number): number {
  let sum = 0;
  for (const root of forest.roots) {
    let node = root;
    while (forest.inputs[node] !== LEAF) {
      const value = forest.inputs[node] === 0 ? a : b;
      node = (forest.next[node] ?? 0) + (value < (forest.thresholds[node] ?? 0) ? 0 : 1);
    }
    sum += (forest.values[(forest.next[node] ?? 0) * 2] ?? 0) / 255;
  }
  return sum / forest.roots.length;
}

describe('growForest', () => {
  const forest = growForest(inputs, targets, 2, OPTIONS);

  it('learns what no single input tells', () => {
    expect(walk(forest, 0.9, 0.1)).toBeGreaterThan(0.75);
    expect(walk(forest, 0.1, 0.9)).toBeGreaterThan(0.75);
    expect(walk(forest, 0.9, 0.9)).toBeLessThan(0.25);
    expect(walk(forest, 0.1, 0.1)).toBeLessThan(0.25);
  });

  it('grows the same trees from the same seed, others from another', () => {
    expect(growForest(inputs, targets, 2, OPTIONS)).toEqual(forest);
    expect(growForest(inputs, targets, 2, { ...OPTIONS, seed: 4 })).not.toEqual(forest);
  });

  it('answers with the mean where there are too few rows to split', () => {
    const stump = growForest(inputs, targets, 2, { ...OPTIONS, minLeaf: 200 });
    expect(stump.inputs.every((input) => input === LEAF)).toBe(true);
    const share = ROWS.filter(isFirst).length / ROWS.length;
    expect(walk(stump, 0.5, 0.5)).toBeCloseTo(share, 2);
  });
});
