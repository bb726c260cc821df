import { periodBounds } from './calendar-period';

describe('a calendar period, in UTC,', () => {
  it('ends where the next one begins, at the turn of a year as well', () => {
    const now = Date.UTC(2026, 11, 31, 23, 59, 59, 999);
    expect(periodBounds('month', now)).toEqual({ start: Date.UTC(2026, 11), end: Date.UTC(2027, 0) });
    expect(periodBounds('day', now)).toEqual({ start: Date.UTC(2026, 11, 31), end: Date.UTC(2027, 0) });
    expect(periodBounds('day', now + 1).start).toBe(Date.UTC(2027, 0));
  });

  it('of February is as long as the year has it', () => {
    const { start, end } = periodBounds('month', Date.UTC(2028, 1, 10));
    expect((end - start) / 86_400_000).toBe(29);
  });
});
