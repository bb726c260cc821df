import { startTimes } from './schedule';

describe('startTimes', () => {
  it('spaces requests evenly when asked to', () => {
    expect([...startTimes(10, 'constant', 500, 1)]).toEqual([100, 200, 300, 400]);
  });

  it('has the asked rate and the spread of a Poisson process', () => {
    const times = startTimes(1_000, 'poisson', 60_000, 42);
    const gaps = [...times].map((at, i) => at - (times[i - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(times.length).toBeGreaterThan(59_000);
    expect(times.length).toBeLessThan(61_000);
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1); // exponential gaps: deviation equals mean
  });

  it('is the same for the same seed and another for another', () => {
    expect(startTimes(100, 'poisson', 1_000, 7)).toEqual(startTimes(100, 'poisson', 1_000, 7));
    expect(startTimes(100, 'poisson', 1_000, 7)).not.toEqual(startTimes(100, 'poisson', 1_000, 8));
  });
});
