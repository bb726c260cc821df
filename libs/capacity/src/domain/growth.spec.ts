import { type DayFigure, type Growth, growthOf, meeting, perWeek } from './growth';

/** Weekdays are three times as busy as weekends; a tenth more each week. */
const weekly = (days: number, factor = 1.1): DayFigure[] =>
  Array.from({ length: days }, (_, day) => ({ day, value: (day % 7 < 5 ? 300 : 100) * factor ** (day / 7) }));
const found = (figures: readonly DayFigure[]): Growth => {
  const growth = growthOf(figures);
  if (growth === null) throw new Error('no growth');
  return growth;
};

describe('the growth', () => {
  it('is that of week over week, whatever the days of the week differ', () => {
    const growth = found(weekly(42));
    expect(perWeek(growth)).toBeCloseTo(0.1, 9);
    expect(growth.low).toBeCloseTo(growth.high, 9);
  });

  it('is not bent by a week of an outage and a day of tests', () => {
    const days = weekly(56).map(({ day, value }) => ({
      day,
      value: day === 20 ? value * 50 : day > 30 && day < 35 ? 1 : value,
    }));
    expect(perWeek(found(days))).toBeCloseTo(0.1, 1);
  });

  it('has an interval that holds the truth where days scatter, and narrows with more of them', () => {
    const noise = (day: number): number => 1 + 0.3 * Math.sin(day * 12.9898);
    const scattered = (days: number): Growth =>
      found(weekly(days).map(({ day, value }) => ({ day, value: value * noise(day) })));
    const truth = Math.log(1.1) / 7;
    for (const days of [28, 56]) {
      const { low, high, perDay } = scattered(days);
      expect(low).toBeLessThan(truth);
      expect(high).toBeGreaterThan(truth);
      expect(perDay).toBeGreaterThanOrEqual(low);
      expect(perDay).toBeLessThanOrEqual(high);
    }
    expect(scattered(56).high - scattered(56).low).toBeLessThan(scattered(28).high - scattered(28).low);
  });

  it('is unknown of less than two weeks', () => {
    expect(growthOf(weekly(13))).toBeNull();
    expect(growthOf(weekly(20).map(({ day }) => ({ day, value: 0 })))).toBeNull();
  });
});

describe('when a limit is met', () => {
  const growth: Growth = { perDay: Math.log(2) / 10, low: 0, high: Math.log(2) / 5 };

  it('is where what there is has grown to it', () => {
    expect(meeting(100, 400, growth, 0)).toEqual({
      metAt: '1970-01-21T00:00:00.000Z',
      earliest: '1970-01-11T00:00:00.000Z',
      latest: null,
    });
  });

  it('is now where it is met, and never where nothing grows or nothing is known', () => {
    expect(meeting(5, 4, null, 0).metAt).toBe('1970-01-01T00:00:00.000Z');
    expect(meeting(1, 4, null, 0)).toEqual({ metAt: null, earliest: null, latest: null });
    expect(meeting(1, 4, { perDay: -0.1, low: -0.2, high: 0 }, 0).metAt).toBeNull();
    expect(meeting(1, 4, { perDay: 1e-9, low: 0, high: 0 }, 0).metAt).toBeNull();
    expect(meeting(0, 4, growth, 0).metAt).toBeNull();
  });
});
