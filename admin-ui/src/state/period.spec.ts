import { isoOf, localInput, periodQuery, readPeriod } from './period';

const of = (text: string) => readPeriod(new URLSearchParams(text));

describe('the period of a list', () => {
  it('is any time where the address says nothing, or nonsense', () => {
    expect(of('')).toEqual({ kind: 'any' });
    expect(of('period=constructor')).toEqual({ kind: 'any' });
    expect(periodQuery({ kind: 'any' })).toEqual({});
  });
  it('moves with the clock', () =>
    expect(periodQuery(of('period=24h'), Date.parse('2026-11-22T12:00:00Z'))).toEqual({
      from: '2026-11-21T12:00:00.000Z',
    }));
  it('has one end, both or none where it is named by hand', () => {
    expect(periodQuery(of('period=between&after=2026-11-01T00:00:00Z'))).toEqual({ from: '2026-11-01T00:00:00.000Z' });
    expect(periodQuery(of('period=between&after=soon&before=2026-11-02T00:00:00Z'))).toEqual({
      to: '2026-11-02T00:00:00.000Z',
    });
  });
});

describe('a field of a date', () => {
  it('gives back the minute that it was given', () =>
    expect(isoOf(localInput('2026-11-22T12:34:00.000Z'))).toBe('2026-11-22T12:34:00.000Z'));
  it('is empty for nothing, and the other way round', () => {
    expect(localInput(null)).toBe('');
    expect(localInput('never')).toBe('');
    expect(isoOf('')).toBeNull();
  });
});
