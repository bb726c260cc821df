import { shareOut } from './share-out';

const needing = (...slots: number[]) => slots.map((needed) => ({ needed, wanted: needed }));

describe('shareOut', () => {
  it('gives each its turn where there are fewer slots than processes in need', () => {
    const turns = [0, 2_000, 4_000, 6_000].map((now) => shareOut(needing(3, 3, 3), 1, now).indexOf(1));
    expect(new Set(turns.slice(0, 3)).size).toBe(3);
    expect(turns[3]).toBe(turns[0]);
  });

  it('does not move slots with time where they go round', () => {
    expect(shareOut(needing(9, 9, 9), 10, 0)).toEqual(shareOut(needing(9, 9, 9), 10, 2_000));
  });

  it('gives nothing where there is nothing', () => {
    expect(shareOut(needing(1, 0), 0, 0)).toEqual([0, 0]);
    expect(shareOut([], 4, 0)).toEqual([]);
  });
});
