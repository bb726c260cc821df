import { BUDGETS } from './modes';
import { longest, reachOf } from './reach';
import type { Served } from './serve-stream';

describe('how far a threshold could reach', () => {
  it('counts the nearest pairs that fit, a wrong one among them or not', () => {
    expect(longest([true, true, false, true, false], (wrong, count) => wrong <= count / 4)).toBe(4);
    expect(longest([false, true], (wrong) => wrong === 0)).toBe(0);
  });

  it('proves nothing of a handful of pairs, however right they are', () => {
    const served: Served = {
      nearest: [[], [{ index: 0, similarity: 0.9 }], [{ index: 1, similarity: 0.9 }]],
      relation: () => true,
      objects: () => false,
      likeness: () => 1,
    };
    const reach = reachOf(served, [Int32Array.of(0, 1, 2)], 1);
    expect(reach.map(({ served: most, provable }) => [most, provable])).toEqual(BUDGETS.map(() => [2, 0]));
  });
});
