import { adversarialPairs } from './generate-pairs';
import { guardFigures } from './guard-figures';

const pairs = adversarialPairs(1);

describe('the adversarial pairs', () => {
  it('are at least 2,000, half of them the same question', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(2_000);
    expect(pairs.filter(({ same }) => same === 1)).toHaveLength(pairs.length / 2);
  });

  it('are as many of each kind', () => {
    const kinds = [...new Set(pairs.map(({ kind }) => kind))];
    expect(kinds).toHaveLength(11);
    for (const kind of kinds)
      expect(pairs.filter((pair) => pair.kind === kind)).toHaveLength(pairs.length / kinds.length);
  });

  it('are the same for the same seed and others for another', () => {
    expect(adversarialPairs(1)).toEqual(pairs);
    expect(adversarialPairs(2)).not.toEqual(pairs);
  });

  it('have no slot left open, no pair twice and no pair of equal texts', () => {
    for (const { a, b } of pairs) {
      expect(a + b).not.toMatch(/[{}]|undefined/);
      expect(a).not.toBe(b);
    }
    expect(new Set(pairs.map(({ a, b }) => `${a}\n${b}`)).size).toBe(pairs.length);
  });

  it('of signs are told apart like the others', () => {
    const signs = guardFigures(pairs).find(({ kind }) => kind === 'signs');
    expect(signs?.falseAccept).toBeLessThan(0.05);
    expect(signs?.trueAccept).toBeGreaterThan(0.7);
  });

  it('are told apart by the guards alone: under 15% of the others pass, at 70% or more of the same', () => {
    for (const seed of [1, 2]) {
      const [all] = guardFigures(adversarialPairs(seed));
      expect(all?.falseAccept).toBeLessThan(0.15);
      expect(all?.trueAccept).toBeGreaterThan(0.7);
    }
  });
});
