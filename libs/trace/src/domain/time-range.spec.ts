import { bucketsOf, timeRange } from './time-range';

const NOW = Date.UTC(2026, 2, 3, 12);
const iso = (at: number): string => new Date(at).toISOString();

describe('the range of a question', () => {
  it('is the last 24 hours, or those before its end, unless it says otherwise', () => {
    expect(timeRange({}, NOW)).toEqual({ from: iso(NOW - 86_400_000), to: iso(NOW) });
    expect(timeRange({ to: iso(0) }, NOW)).toEqual({ from: iso(-86_400_000), to: iso(0) });
    expect(timeRange({ from: iso(NOW - 5) }, NOW)).toEqual({ from: iso(NOW - 5), to: iso(NOW) });
  });

  it('is empty where it ends before it begins', () => {
    expect(timeRange({ from: iso(NOW), to: iso(0) }, NOW)).toEqual({ from: iso(NOW), to: iso(NOW) });
  });
});

describe('buckets', () => {
  it('cover the range without gap, on times that a person would choose', () => {
    const { widthMs, begins } = bucketsOf({ from: iso(NOW + 1), to: iso(NOW + 3_600_000) }, 60);
    expect(widthMs).toBe(60_000);
    expect(begins).toHaveLength(60);
    expect(begins[0]).toBe(NOW);
  });

  it.each([1, 7, 200])('are never more than %i, however long the range is', (atMost) => {
    for (const days of [0, 0.001, 1, 31, 4_000, 3_000_000]) {
      const to = NOW + days * 86_400_000;
      const { widthMs, begins } = bucketsOf({ from: iso(NOW), to: iso(to) }, atMost);
      if (atMost > 1 || days === 0) expect(begins.length).toBeLessThanOrEqual(Math.max(2, atMost));
      expect((begins.at(-1) ?? 0) + widthMs).toBeGreaterThanOrEqual(to);
      expect(begins[0]).toBeLessThanOrEqual(NOW);
    }
  });
});
