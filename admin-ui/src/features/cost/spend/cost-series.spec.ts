import { costSeries, daysToCome, forecastLines } from './cost-series';
import { utcTick } from '../../../format/utc-tick';
import { periodOf } from '../period';

const point = (at: string, costUsd: string) => ({ at, costUsd }) as never;
const usage = {
  from: '2026-11-01T00:00:00Z',
  to: '2026-11-03T00:00:00Z',
  interval: 'day' as const,
  groupBy: 'tenant' as const,
  series: [
    { key: 'acme', points: [point('2026-11-01T00:00:00Z', '1'), point('2026-11-02T00:00:00Z', '2.5')] },
    { key: null, points: [point('2026-11-01T00:00:00Z', '0'), point('2026-11-02T00:00:00Z', '0.25')] },
  ],
};

describe('costs over time', () => {
  it('are bars of each day, or of all days until then', () => {
    expect(costSeries(usage, 'tenant', false).map(({ values }) => values)).toEqual([
      [1, 2.5],
      [0, 0.25],
    ]);
    expect(costSeries(usage, 'tenant', true).map(({ values }) => values)).toEqual([
      [1, 3.5],
      [0, 0.25],
    ]);
    expect(costSeries(usage, 'tenant', false).map(({ label }) => label)).toEqual(['acme', 'the relay’s own']);
  });

  it('begin with the dearest, and end with the others', () => {
    const [acme, none] = usage.series;
    const series = [{ ...acme!, key: '(other)' }, none!, { ...acme!, key: 'beta' }];
    expect(costSeries({ ...usage, series }, 'tenant', false).map(({ id }) => id)).toEqual(['beta', 'none', '(other)']);
  });

  it('go on to the end of the month', () => {
    const now = Date.parse('2026-11-27T10:00:00Z');
    const days = daysToCome(periodOf('month', { kind: 'moving', name: '1h', ms: 1 }, now));
    expect(days.map((day) => new Date(day).getUTCDate())).toEqual([28, 29, 30]);
  });

  it('end at what is projected', () => {
    const projected = { usd: '10', lowUsd: '8', highUsd: '12', method: 'weekday-mean' as const, daysUsed: 20 };
    const [line, low] = forecastLines(4, projected, 2, 3);
    expect(line?.values).toEqual([null, 4, 6, 8, 10]);
    expect(low?.values.at(-1)).toBe(8);
  });

  it('are days of UTC', () => {
    expect(utcTick('day')(Date.parse('2026-11-01T00:00:00Z'))).toBe('Nov 1');
  });
});
