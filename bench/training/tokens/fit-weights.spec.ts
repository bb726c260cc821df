import { fitWeights, type Row } from './fit-weights';

const row = (counts: number[], tokens: number, weight = 1): Row => ({
  counts: Float64Array.from(counts),
  tokens,
  weight,
});

describe('the fit of token weights', () => {
  it('finds the weights that made the counts', () => {
    const rows = [
      [10, 2],
      [3, 9],
      [7, 7],
      [1, 12],
    ].map(([words = 0, signs = 0]) => row([words, signs], 1.5 * words + 0.5 * signs));
    const [word, sign] = fitWeights(rows, 2, new Set());
    expect(word).toBeCloseTo(1.5, 1);
    expect(sign).toBeCloseTo(0.5, 1);
  });

  it('takes nothing off but where it may, and gives nothing for what never occurs', () => {
    const rows = [row([10, 5, 0], 5), row([10, 0, 0], 10), row([20, 10, 0], 10)];
    expect(fitWeights(rows, 3, new Set())[1]).toBe(0);
    const [letter, english, absent] = fitWeights(rows, 3, new Set([1]));
    expect(letter).toBeCloseTo(1, 1);
    expect(english).toBeCloseTo(-1, 1);
    expect(absent).toBe(0);
  });

  it('follows rows by their weight', () => {
    const [weight] = fitWeights([row([10], 10, 100), row([10], 20, 1)], 1, new Set());
    expect(weight).toBeCloseTo(1, 1);
  });
});
