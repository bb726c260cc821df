import { apgr } from './apgr';

describe('apgr', () => {
  const gain = [1, 0, 0, 1];

  it('is a half when nothing is known', () => expect(apgr([0, 0, 0, 0], gain)).toBeCloseTo(0.5));

  it('rises with each gainful row that goes to the strong model first', () => {
    expect(apgr([4, 2, 1, 3], gain)).toBeCloseTo((0.25 + 0.75 + 1 + 1) / 4);
    expect(apgr([1, 4, 3, 2], gain)).toBeCloseTo((0 + 0 + 0.25 + 0.75) / 4);
  });

  it('counts equal ratings by their mean, in whatever order they stand', () => {
    expect(apgr([1, 1, 0, 0], gain)).toBeCloseTo(apgr([1, 1, 0, 0], [0, 1, 1, 0]));
  });

  it('passes 1 where rows on which the strong model fails are kept from it', () => {
    expect(apgr([2, 1, 0], [1, 1, -1])).toBeGreaterThan(1);
  });
});
