import { AttemptLimiter } from './attempt-limiter';

describe('an attempt limiter', () => {
  const limiter = (): AttemptLimiter => new AttemptLimiter({ attempts: 2, windowMs: 1_000, maxKeys: 3 });

  it('lets the allowed number through and says how long to wait then', () => {
    const limits = limiter();
    expect([limits.attempt('a', 0), limits.attempt('a', 400), limits.attempt('a', 700)]).toEqual([0, 0, 300]);
    expect(limits.attempt('a', 1_000)).toBe(0);
  });

  it('counts every key apart', () => {
    const limits = limiter();
    for (let i = 0; i < 3; i++) limits.attempt('a', 0);
    expect(limits.attempt('b', 0)).toBe(0);
  });

  it('starts anew for a key that it was told to forget', () => {
    const limits = limiter();
    for (let i = 0; i < 3; i++) limits.attempt('a', 0);
    limits.forget('a');
    expect(limits.attempt('a', 0)).toBe(0);
  });

  it('remembers a bounded number of keys and forgets the oldest first', () => {
    const limits = limiter();
    for (const key of ['a', 'a', 'b', 'b', 'c', 'c', 'd']) limits.attempt(key, 0);
    expect(limits.attempt('b', 0)).toBeGreaterThan(0);
    expect(limits.attempt('a', 0)).toBe(0);
  });
});
