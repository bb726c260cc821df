import { searchRanges } from './search-ranges';

const NOW = Date.UTC(2026, 2, 30);
const iso = (at: number): string => new Date(at).toISOString();
const HOUR_MS = 3_600_000;

describe('the ranges of a search', () => {
  it.each([
    [{}, null],
    [{ from: iso(NOW - 40 * 24 * HOUR_MS), to: iso(NOW) }, null],
    [{ to: iso(0) }, null],
    [{ from: iso(NOW - HOUR_MS) }, null],
    [{}, { at: NOW - 50 * HOUR_MS }],
  ])('join without gap and overlap: %j after %j', (filter, after) => {
    const ranges = searchRanges({ filter, sort: 'newest', after }, NOW);
    ranges.slice(1).forEach((range, n) => expect(range.to).toBe(ranges[n]?.from));
    expect(ranges.at(-1)?.from).toBe('from' in filter && filter.from ? Date.parse(filter.from) : undefined);
    const wanted = after === null ? ('to' in filter && filter.to ? Date.parse(filter.to) : undefined) : after.at + 1;
    expect(ranges[0]?.to).toBe(wanted);
  });

  it('are one where all of it has to be looked at anyway', () => {
    expect(searchRanges({ filter: {}, sort: 'oldest', after: null }, NOW)).toEqual([{}]);
  });
});
