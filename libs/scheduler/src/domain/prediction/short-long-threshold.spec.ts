import { ShortLongThreshold } from './short-long-threshold';

const HOUR_MS = 3_600_000;

describe('ShortLongThreshold', () => {
  let threshold: ShortLongThreshold;
  let now: number;
  beforeEach(() => {
    threshold = new ShortLongThreshold();
    now = 5_000;
  });
  const requests = (count: number, cost: (i: number) => number): void => {
    for (let i = 0; i < count; i++) threshold.observe(cost(i), now);
  };

  it('is 4,000 tokens until there were 500 requests, then learned', () => {
    requests(499, () => 1_000);
    expect(threshold.tokens).toBe(4_000);
    requests(1, () => 1_000);
    expect(threshold.tokens).toBeGreaterThan(980);
    expect(threshold.tokens).toBeLessThan(1_020);
  });

  it('has two fifths of the requests below, however few of the others carry most of the work', () => {
    requests(500, (i) => (i % 10 === 0 ? 40_000 : 1_000 + i));
    expect(Math.abs(threshold.tokens - 1_222)).toBeLessThan(4); // 200 of the cheap ones cost less
  });

  it.each([
    ['most requests cost least', 0.7, 600, 500],
    ['most requests cost most', 0.3, 5_000, 4_990],
  ])('never makes short ones the majority: %s', (_why, cheapShare, atMost, above) => {
    requests(500, (i) => (i % 10 < 10 * cheapShare ? 600 : 5_000));
    expect(threshold.tokens).toBeGreaterThan(above);
    expect(threshold.tokens).toBeLessThanOrEqual(atMost);
  });

  it('tells apart costs that differ by little', () => {
    requests(1_000, (i) => 1_500 + (i % 10) * 5);
    expect(threshold.tokens).toBeGreaterThan(1_512);
    expect(threshold.tokens).toBeLessThan(1_522);
  });

  it('changes by the hour, and forgets what is older than two', () => {
    requests(500, () => 1_000);
    requests(5_000, () => 3_000);
    expect(threshold.tokens).toBeLessThan(1_020);
    now += HOUR_MS;
    requests(1, () => 9_000);
    expect(threshold.tokens).toBeGreaterThan(2_900);
    for (let hour = 0; hour < 3; hour++) {
      requests(600, () => 9_000);
      now += HOUR_MS;
    }
    requests(1, () => 9_000);
    expect(threshold.tokens).toBeGreaterThan(8_800);
  });

  it('stays as it is when hardly anything came', () => {
    requests(500, () => 1_000);
    for (let hour = 0; hour < 48; hour++) {
      now += HOUR_MS;
      requests(3, () => 20_000);
    }
    expect(threshold.tokens).toBeLessThan(1_020);
  });

  it.each([
    ['no request is so short', 3, 500],
    ['or so long', 1_000_000, 50_000],
    ['as nonsense', Number.POSITIVE_INFINITY, 50_000],
  ])('has bounds: %s', (_why, cost, expected) => {
    requests(500, () => cost);
    expect(threshold.tokens).toBe(expected);
  });

  it('does not learn from what is no number', () => {
    requests(1_000, () => NaN);
    expect(threshold.tokens).toBe(4_000);
  });
});
