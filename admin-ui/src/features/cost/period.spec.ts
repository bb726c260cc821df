import { readTimeRange } from '../../state/time-range';
import { intervalOf, periodOf, readPeriod, type PeriodId } from './period';

const NOW = Date.parse('2026-03-31T10:20:00Z');
const texts = (id: PeriodId, query = '') => {
  const { from, to, before } = periodOf(id, readTimeRange(new URLSearchParams(query)), NOW);
  return [from, to, before.from, before.to].map((at) => new Date(at).toISOString().slice(0, 13));
};

describe('the period that costs are looked at', () => {
  it('is this month, against as much of the one before as that has', () => {
    expect(readPeriod('toString')).toBe('month');
    expect(texts('month')).toEqual(['2026-03-01T00', '2026-03-31T11', '2026-02-01T00', '2026-03-01T00']);
  });

  it('is a whole month against the whole one before', () => {
    expect(texts('last-month')).toEqual(['2026-02-01T00', '2026-03-01T00', '2026-01-01T00', '2026-02-01T00']);
  });

  it('is days with today, against as many hours of as many days', () => {
    expect(texts('7d')).toEqual(['2026-03-25T00', '2026-03-31T11', '2026-03-18T00', '2026-03-24T11']);
  });

  it('is the whole hours of what was cut out', () => {
    const cut = 'from=2026-03-30T10:10:00Z&to=2026-03-30T12:10:00Z';
    expect(texts('range', cut)).toEqual(['2026-03-30T10', '2026-03-30T13', '2026-03-30T07', '2026-03-30T10']);
  });

  it('is drawn by hours while it is short', () => {
    expect([intervalOf({ from: 0, to: 72 * 3_600_000 }), intervalOf({ from: 0, to: 73 * 3_600_000 })]).toEqual([
      'hour',
      'day',
    ]);
  });
});
