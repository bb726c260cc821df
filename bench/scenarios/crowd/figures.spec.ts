import { busySlots, jain, quantile, turnarounds } from './figures';

const CALLS = [
  { startMs: 0, endMs: 10 },
  { startMs: 5, endMs: 15 },
  { startMs: 12, endMs: null },
];

describe('figures of a crowd', () => {
  it('count how many calls were under way at a time, open ones to the end of the span', () => {
    expect(busySlots(CALLS, { fromMs: 0, toMs: 20 })).toEqual({ mean: (10 + 10 + 8) / 20, most: 2 });
    expect(busySlots(CALLS, { fromMs: 10, toMs: 12 })).toEqual({ mean: 1, most: 1 });
  });
  it('pair each begin with the slot that has been free longest', () => {
    expect(turnarounds(CALLS, { fromMs: 0, toMs: 20 })).toEqual([2]);
    expect(turnarounds(CALLS, { fromMs: 11, toMs: 20 })).toEqual([]); // freed before the span
  });
  it('tell equal shares from unequal ones', () => {
    expect(jain([3, 3])).toBe(1);
    expect(jain([1, 0])).toBe(0.5);
  });
  it('take quantiles by rank', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
    expect(quantile([1, 2, 3], 0.99)).toBe(3);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
