import { linePath, lonePoints, niceTicks, stack } from './scale';

describe('scales of charts', () => {
  it('end at a round number that holds the largest value', () => {
    expect(niceTicks(2_800)).toEqual({ top: 3_000, ticks: [0, 1_000, 2_000, 3_000] });
    expect(niceTicks(0)).toEqual({ top: 1, ticks: [0, 1] });
    expect(niceTicks(0.37).top).toBeGreaterThanOrEqual(0.37);
  });

  it('stack what is known', () => {
    expect(
      stack([
        [1, null],
        [2, 3],
      ]),
    ).toEqual([
      [
        [0, 1],
        [0, 0],
      ],
      [
        [1, 3],
        [0, 3],
      ],
    ]);
  });

  it('find the points that stand alone, at the ends as well', () => {
    const points = [[0, 1], null, [2, 3], [4, 5], null, [6, 7]] as const;
    expect(lonePoints(points)).toEqual([
      [0, 1],
      [6, 7],
    ]);
    expect(lonePoints([[1, 2]])).toEqual([[1, 2]]);
  });

  it('draw gaps as gaps', () => {
    expect(linePath([[0, 1], null, [2, 3], [4, 5]])).toBe('M0.0 1.0M2.0 3.0L4.0 5.0');
  });
});
