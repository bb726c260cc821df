import type { SlotReport } from '../slot';
import { PoolLimits } from './pool-limits';

const limited = (retryAfterMs?: number): SlotReport => ({
  ended: 'rate-limited',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

describe('PoolLimits', () => {
  it('allows what is configured', () => {
    expect(new PoolLimits(20).view(0)).toEqual({ limit: 20, limitedBy: 'configured', heldUntil: null });
  });

  it('without adaptive takes no notice of slow answers', () => {
    const limits = new PoolLimits(20);
    for (let now = 1; now < 200; now++)
      limits.observe({ ended: 'completed', ttftMs: now * 1_000, tpotMs: 500 }, 20, now * 1_000, now * 1_000 - 1);
    expect(limits.view(200_000)).toMatchObject({ limit: 20, limitedBy: 'configured' });
    expect([limits.adaptiveLimit, limits.ttftTargetMs, limits.slowCount]).toEqual([null, null, 0]);
  });

  it('names what leaves least', () => {
    const limits = new PoolLimits(100, { ttftMs: 1_000, tpotMs: 40, minConcurrency: 1 });
    for (let now = 1; now <= 20; now++)
      limits.observe({ ended: 'completed', ttftMs: 1_100, tpotMs: 20 }, 100, now * 1_000, now * 1_000 - 1);
    expect(limits.view(21_000)).toEqual({ limit: 90, limitedBy: 'adaptive', heldUntil: null });
    limits.observe(limited(), 100, 22_000, 21_000);
    expect(limits.view(22_000)).toEqual({ limit: 70, limitedBy: 'rate-limited', heldUntil: null });
    const told = { remainingRequests: 11, requestsResetMs: 5_000 };
    limits.observe({ ended: 'completed', told }, 50, 23_000, 22_000);
    expect(limits.view(23_000)).toEqual({ limit: 60, limitedBy: 'headers', heldUntil: null });
    expect([limits.slowCount, limits.refusalCount]).toEqual([1, 1]);
  });

  it('holds everything after a 429 for as long as the upstream asks, and goes on with less', () => {
    const limits = new PoolLimits(100);
    limits.observe(limited(5_000), 100, 1_000, 0);
    expect(limits.view(1_000)).toEqual({ limit: 70, limitedBy: 'rate-limited', heldUntil: 6_000 });
    expect(limits.view(6_000).heldUntil).toBeNull();
  });

  it.each([
    [1e12, 61_000],
    [Number.POSITIVE_INFINITY, 61_000],
    [-1, null],
    [0, null],
    [Number.NaN, null],
    [undefined, null],
  ])('of a Retry-After of %s ms makes a hold until %s', (retryAfterMs, heldUntil) => {
    const limits = new PoolLimits(100);
    limits.observe(limited(retryAfterMs), 10, 1_000, 0);
    expect(limits.view(1_000).heldUntil).toBe(heldUntil);
  });

  it('is held by headers when nothing remains', () => {
    const limits = new PoolLimits(100);
    limits.started(0);
    limits.observe({ ended: 'completed', told: { remainingRequests: 1, requestsResetMs: 9_000 } }, 1, 1_000, 0);
    expect(limits.view(1_000)).toEqual({ limit: 1, limitedBy: 'headers', heldUntil: null });
    limits.started(1_500);
    expect(limits.view(1_500)).toEqual({ limit: 1, limitedBy: 'headers', heldUntil: 10_000 });
    expect(limits.view(10_000)).toEqual({ limit: 100, limitedBy: 'configured', heldUntil: null });
  });

  it('learns nothing about the pace from calls that failed or were left', () => {
    const limits = new PoolLimits(20, { ttftMs: 10, minConcurrency: 1 });
    for (const ended of ['failed', 'left', 'rate-limited'] as const)
      for (let i = 0; i < 50; i++) limits.observe({ ended, ttftMs: 9_999 }, 20, 1_000 + i, 0);
    expect(limits.adaptiveLimit).toBe(20);
  });

  it('follows the configuration', () => {
    const limits = new PoolLimits(20);
    limits.configure(50, { minConcurrency: 1 });
    expect(limits.view(0)).toMatchObject({ limit: 50, limitedBy: 'configured' });
    expect(limits.adaptiveLimit).toBe(50);
    limits.configure(5);
    expect(limits.view(0).limit).toBe(5);
    expect(limits.adaptiveLimit).toBeNull();
  });
});
