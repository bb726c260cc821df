import { waitsOf } from './class-waits';

const SECOND = 1_000;
const request = (atMs: number, cost: number, serviceMs = SECOND) => ({ atMs, cost, serviceMs });

describe('waits by class', () => {
  it('are those of one line where nothing is long', () => {
    const requests = [request(0, 1), request(0, 9), request(100, 1), request(5_000, 1)];
    expect(waitsOf(requests, 1, Infinity)).toEqual([0, 1_000, 1_900, 0]);
    expect(waitsOf(requests, 2, Infinity)).toEqual([0, 0, 900, 0]);
  });

  it('let short requests go first, and every fourth time a long one', () => {
    const requests = [request(0, 9), ...Array.from({ length: 5 }, () => request(0, 1)), request(0, 9)];
    // three short ones, a long one, two short ones, and the long one that is left
    expect(waitsOf(requests, 1, 5)).toEqual([3_000, 0, 1_000, 2_000, 4_000, 5_000, 6_000]);
  });

  it('keep a fifth of the slots free of long ones', () => {
    const requests = [...Array.from({ length: 5 }, () => request(0, 9)), request(100, 1)];
    expect(waitsOf(requests, 5, 5)).toEqual([0, 0, 0, 0, 1_000, 0]);
  });
});
