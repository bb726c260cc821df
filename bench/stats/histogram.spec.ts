import { Histogram } from './histogram';

const filled = (values: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

describe('Histogram', () => {
  it('finds quantiles of evenly spread values within 1%', () => {
    const histogram = filled(Array.from({ length: 10_000 }, (_, i) => (i + 1) / 100)); // 0.01 to 100 ms
    expect(histogram.quantile(0.5)).toBeCloseTo(50, -0.3);
    for (const [q, expected] of [
      [0.1, 10],
      [0.5, 50],
      [0.9, 90],
      [0.99, 99],
    ] as const) {
      expect(Math.abs((histogram.quantile(q) ?? 0) - expected) / expected).toBeLessThan(0.01);
    }
  });

  it.each([0.001, 0.127, 0.128, 0.255, 0.256, 1, 17.3, 999, 60_000])(
    'gives a lone value of %d ms back within 1%%',
    (value) => {
      const read = filled([value]).quantile(0.5) ?? 0;
      expect(Math.abs(read - value) / value).toBeLessThan(0.01);
    },
  );

  it('keeps the largest value and the mean exactly', () => {
    expect(filled([1, 2, 12]).summary()).toMatchObject({ count: 3, mean: 5, max: 12 });
  });

  it('takes values beyond its range without losing the count', () => {
    const histogram = filled([10_000_000, 1]);
    expect(histogram.summary()).toMatchObject({ count: 2, max: 10_000_000 });
    expect(histogram.quantile(0.5)).toBeCloseTo(1, 1);
  });

  it('says that it knows nothing when nothing was recorded', () => {
    expect(new Histogram().summary()).toEqual({ count: 0, mean: null, p50: null, p90: null, p99: null, max: null });
  });
});
