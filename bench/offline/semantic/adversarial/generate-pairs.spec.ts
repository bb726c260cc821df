import { GUARD_NAMES } from '@relay/cache';
import { adversarialPairs, PAIRS_PER_KIND } from './generate-pairs';
import { guardFigures } from './guard-figures';

const pairs = adversarialPairs(1);

describe('the adversarial pairs', () => {
  it('are at least 2,000, half of them the same question', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(2_000);
    expect(pairs.filter(({ same }) => same === 1)).toHaveLength(pairs.length / 2);
  });

  it('are as many of each kind', () => {
    for (const kind of new Set(pairs.map((pair) => pair.kind)))
      expect(pairs.filter((pair) => pair.kind === kind)).toHaveLength(PAIRS_PER_KIND);
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

  it.each([
    ['signs', 0.05],
    ['currencies', 0.1],
    ['near names', 0.1], // reworded ones that no list has pass
  ])('of %s are told apart like the others', (wanted, most) => {
    const figures = guardFigures(pairs).find(({ kind }) => kind === wanted);
    expect(figures?.falseAccept).toBeLessThan(most);
    expect(figures?.trueAccept).toBeGreaterThan(0.7);
  });

  it('have some for each guard to object to', () => {
    const [all] = guardFigures(pairs);
    expect(GUARD_NAMES.filter((name) => !all?.blocked[name]?.other)).toEqual([]);
  });

  it('are told apart by the guards alone: under 15% of the others pass, at 70% or more of the same', () => {
    for (const seed of [1, 2]) {
      const [all] = guardFigures(adversarialPairs(seed));
      expect(all?.falseAccept).toBeLessThan(0.15);
      expect(all?.trueAccept).toBeGreaterThan(0.7);
    }
  });
});
