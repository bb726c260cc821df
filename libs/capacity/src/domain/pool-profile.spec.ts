import { type PoolHour, poolProfile } from './pool-profile';

const HOUR_MS = 3_600_000;
const MONDAY = Date.UTC(2026, 0, 5);
const WEEK = { from: MONDAY, to: MONDAY + 14 * 24 * HOUR_MS };

/** Requests that come evenly and take 2 s each, two of them a minute. */
const hour = (at: number, changes: Partial<PoolHour> = {}): PoolHour => ({
  ...{ provider: 'mock', at, requests: 120, squaredMinutes: 60 * 4 },
  ...{ serviceMs: 240_000, squaredServiceMs: 120 * 4e6, waitMs: 1_200, waitP90Ms: 30 },
  ...changes,
});

describe('the profile of a pool', () => {
  it('puts the same hours of all weeks together', () => {
    const hours = [hour(MONDAY + 9 * HOUR_MS), hour(MONDAY + (9 + 7 * 24) * HOUR_MS), hour(MONDAY + 10 * HOUR_MS)];
    const pool = poolProfile('mock', 4, hours, WEEK, 1_000);
    expect(pool).toMatchObject({ id: 'mock', slots: 4, requests: 360 });
    expect(pool.hours).toMatchObject([
      { weekday: 1, hour: 9, hours: 2, requestsPerSecond: 240 / 7_200, serviceMs: 2_000, serviceCv: 0, dispersion: 0 },
      { weekday: 1, hour: 10, hours: 2, requestsPerSecond: 120 / 7_200 }, // nothing came in the other week
    ]);
    expect(pool.busiest).toMatchObject({ hour: 9, measuredWaitMs: { mean: 10, p90: 30 } });
    expect(pool.busiest?.utilisation).toBeCloseTo(1 / 60, 12);
  });

  it('tells bursts from the course of the day', () => {
    const inBursts = hour(MONDAY, { squaredMinutes: 2 * 60 ** 2 }); // 60 in each of two minutes
    const dispersion = poolProfile('mock', 4, [inBursts], WEEK, 1_000).busiest?.dispersion;
    expect(dispersion).toBeCloseTo(((7_200 - 240) * 60) / 59 / 120, 9);
  });

  it('has nothing to tell of a pool that nobody asked', () => {
    expect(poolProfile('mock', 4, [], WEEK, 1_000)).toEqual({
      id: 'mock',
      slots: 4,
      requests: 0,
      busiest: null,
      hours: [],
    });
  });
});
