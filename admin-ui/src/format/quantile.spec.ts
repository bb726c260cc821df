import { quantile } from './quantile';

describe('a quantile', () => {
  it('is one of the values, that so many are at or below', () => {
    expect(quantile([5, 1, 3, 2, 4], 0.5)).toBe(3);
    expect(quantile([40, 10, 30, 20], 0.5)).toBe(20);
    expect(quantile([5, 1, 3, 2, 4], 0.95)).toBe(5);
    expect(quantile([7], 0)).toBe(7);
  });
  it('is unknown of nothing', () => expect(quantile([], 0.95)).toBeNull());
});
