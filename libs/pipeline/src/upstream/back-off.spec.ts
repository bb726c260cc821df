import { backOffMs } from './back-off';

describe('the wait before another try', () => {
  it.each([
    [1, null, 100],
    [2, null, 200],
    [9, null, 2_000],
    [1, 30, 100],
    [1, 1_500, 1_500],
  ])('after failure %i with a Retry-After of %s ms is %i ms at least', (failures, retryAfterMs, expected) => {
    expect(backOffMs(failures, retryAfterMs, 0)).toBe(expected);
  });

  it('trap 28: is spread over a quarter more, never less than was asked for: who failed together comes back one by one', () => {
    const draws = [0, 0.25, 0.5, 0.999];
    expect(draws.map((draw) => backOffMs(1, 1_000, draw))).toEqual([1_000, 1_063, 1_125, 1_250]);
  });
});
