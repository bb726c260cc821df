import { median, pairedRatios, spread } from './statistics';

describe('median', () => {
  it('is the middle value whatever the order', () => expect(median([9, 1, 5])).toBe(5));
  it('is the mean of the two middle values when their count is even', () => expect(median([4, 1, 3, 2])).toBe(2.5));
  it('of nothing is not a number', () => expect(median([])).toBeNaN());
});

describe('spread', () => {
  it('shows the middle and both ends', () => expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 }));
});

describe('pairedRatios', () => {
  it('compares each round with its neighbour, so a slow spell that hits both leaves no trace', () => {
    expect(pairedRatios([150, 1_500, 150], [100, 1_000, 100])).toEqual([1.5, 1.5, 1.5]);
  });
  it('leaves out rounds that have no partner', () => expect(pairedRatios([2, 4], [1])).toEqual([2]));
});
