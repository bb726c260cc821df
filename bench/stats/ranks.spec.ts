import { mean, spearman } from './ranks';

describe('spearman', () => {
  it('asks for the order alone', () => {
    expect(spearman([1, 2, 3, 4], [10, 11, 500, 9_000])).toBeCloseTo(1);
    expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1);
  });

  it('gives ties their mean rank', () => {
    expect(spearman([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(0.9487, 4); // ranks 0, 1.5, 1.5, 3
  });

  it('has no answer for a constant', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNaN();
  });
});

it('mean', () => expect(mean([1, 2, 6])).toBe(3));
