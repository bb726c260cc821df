import { hitSeries, intervalFor } from './hit-series';

describe('hits over time', () => {
  it('are told from the other requests', () => {
    const points = [{ requests: 10, cacheHits: 4 }] as Parameters<typeof hitSeries>[0];
    expect(hitSeries(points).map(({ values }) => values)).toEqual([[4], [6]]);
  });

  it('have points that can be told from each other', () => {
    const hour = 3_600_000;
    expect([1, 2, 3, 96, 97].map((hours) => intervalFor(hours * hour))).toEqual([
      'minute',
      'minute',
      'hour',
      'hour',
      'day',
    ]);
  });
});
