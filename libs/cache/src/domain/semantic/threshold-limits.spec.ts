import { atMostOdds, lowerLimit, upperLimit } from './threshold-limits';

describe('limits of an error rate', () => {
  // Tables of the exact binomial: Clopper and Pearson 1934; R: binom.test(k, n)$conf.int
  it.each([
    [0, 100, 0.05, 0, 0.0295],
    [5, 100, 0.025, 0.0164, 0.1128],
    [1, 10, 0.025, 0.0025, 0.445],
    [10, 10, 0.025, 0.6915, 1],
    [30, 5_000, 0.025, 0.00405, 0.00855],
  ])('%i errors in %i trials', (errors, trials, delta, low, high) => {
    expect(lowerLimit(errors, trials, delta)).toBeCloseTo(low, 3);
    expect(upperLimit(errors, trials, delta)).toBeCloseTo(high, 3);
  });

  it('sums the binomial distribution', () => {
    const odds = (errors: number) => atMostOdds(errors, 4, 0.5);
    expect([0, 1, 2, 3, 4].map((errors) => odds(errors) * 16)).toEqual(
      [1, 5, 11, 15, 16].map((sum) => expect.closeTo(sum, 9) as number),
    );
  });

  it('takes fractions of trials between their neighbours', () => {
    const limit = (errors: number, trials: number) => upperLimit(errors, trials, 0.05);
    expect(limit(1.5, 60)).toBeGreaterThan(limit(1, 60));
    expect(limit(1.5, 60)).toBeLessThan(limit(2, 60));
    expect(limit(0, 59.5)).toBeLessThan(limit(0, 59));
  });
});
