import { largest } from './knn';

describe('largest', () => {
  const values = Float64Array.of(0.2, 0.9, 0.5, 0.5, 0.1, 0.5);

  it('gives the places of the largest values, the largest first, equal ones by place', () => {
    expect(largest(values, 3)).toEqual([1, 2, 3]);
    expect(largest(values, 5)).toEqual([1, 2, 3, 5, 0]);
  });

  it('gives all where there are not so many', () => expect(largest(values, 9)).toHaveLength(6));
});
