import { PoolLimits } from './pool-limits';

const USED = { model: 'm', inFlight: 100, startedAt: 0 };

describe('PoolLimits', () => {
  it('allows what is configured', () => {
    expect(new PoolLimits(20).view(0)).toEqual({ limit: 20, limitedBy: 'configured' });
  });

  it('without adaptive takes no notice of slow answers', () => {
    const limits = new PoolLimits(20);
    for (let now = 1; now < 200; now++)
      limits.observe(
        { ended: 'completed', ttftMs: now * 1_000, tpotMs: 500 },
        { model: 'm', inFlight: 20, startedAt: now * 1_000 - 1 },
        now * 1_000,
      );
    expect(limits.view(200_000)).toMatchObject({ limit: 20, limitedBy: 'configured' });
    expect(limits.lowered.slow).toBe(0);
  });

  it('names what leaves least', () => {
    const limits = new PoolLimits(100, { ttftMs: 1_000, tpotMs: 40, minConcurrency: 1 });
    for (let now = 1; now <= 20; now++)
      limits.observe(
        { ended: 'completed', ttftMs: 1_100, tpotMs: 20 },
        { model: 'm', inFlight: 100, startedAt: now * 1_000 - 1 },
        now * 1_000,
      );
    expect(limits.view(21_000)).toEqual({ limit: 90, limitedBy: 'adaptive' });
    limits.observe({ ended: 'rate-limited' }, { model: 'm', inFlight: 100, startedAt: 21_000 }, 22_000);
    expect(limits.view(22_000)).toEqual({ limit: 70, limitedBy: 'rate-limited' });
    expect(limits.lowered).toEqual({ slow: 1, 'rate-limited': 1 });
  });

  it('counts what remains by model', () => {
    const limits = new PoolLimits(100);
    const used = { model: 'a', inFlight: 1, startedAt: 0 };
    limits.observe({ ended: 'completed', told: { remainingRequests: 1, requestsResetMs: 9_000 } }, used, 1_000);
    expect([limits.heldUntil('a', 1_000), limits.held(1_000)]).toEqual([null, []]);
    limits.started('a', 1_500);
    expect([limits.heldUntil('a', 1_500), limits.heldUntil('b', 1_500)]).toEqual([10_000, null]);
    expect(limits.held(1_500)).toEqual([{ model: 'a', until: 10_000 }]);
    expect(limits.held(10_000)).toEqual([]);
    expect(limits.view(1_500)).toEqual({ limit: 100, limitedBy: 'configured' });
  });

  it('is lowered by a 429, and holds no model: one that asks to be left alone is passed over by its breaker', () => {
    const limits = new PoolLimits(100);
    limits.observe({ ended: 'rate-limited' }, USED, 1_000);
    expect(limits.view(1_000)).toEqual({ limit: 70, limitedBy: 'rate-limited' });
    expect(limits.heldUntil('m', 1_000)).toBeNull();
  });

  it('is not lowered by the 429s of one model while others are answered', () => {
    const limits = new PoolLimits(100);
    const of = (model: string, now: number): [{ model: string; inFlight: number; startedAt: number }, number] => [
      { model, inFlight: 100, startedAt: now - 1 },
      now,
    ];
    limits.observe({ ended: 'completed' }, ...of('well', 1_000));
    for (let now = 2_000; now < 11_000; now += 1_000) limits.observe({ ended: 'rate-limited' }, ...of('full', now));
    expect(limits.view(11_000).limit).toBe(100);
    limits.observe({ ended: 'rate-limited' }, ...of('well', 12_000)); // the account, then
    expect(limits.view(12_000)).toEqual({ limit: 70, limitedBy: 'rate-limited' });
    const alone = new PoolLimits(100);
    alone.observe({ ended: 'completed' }, ...of('well', 1_000));
    alone.observe({ ended: 'rate-limited' }, ...of('full', 11_000)); // nobody asked for another for ten seconds
    expect(alone.view(11_000).limit).toBe(70);
  });

  it('follows another process that found less room', () => {
    const limits = new PoolLimits(100, { ttftMs: 1_000, minConcurrency: 4 });
    limits.adopt(30, 0);
    expect(limits.view(0)).toEqual({ limit: 30, limitedBy: 'adaptive' });
    limits.adopt(50, 0);
    expect(limits.view(0).limit).toBe(30);
    limits.adopt(1, 0);
    expect(limits.view(0).limit).toBe(4);
  });

  it('learns nothing about the pace from calls that failed or were left', () => {
    const limits = new PoolLimits(20, { ttftMs: 10, minConcurrency: 1 });
    for (const ended of ['failed', 'left', 'rate-limited'] as const)
      for (let i = 0; i < 50; i++)
        limits.observe({ ended, ttftMs: 9_999 }, { model: 'm', inFlight: 20, startedAt: 0 }, 1_000 + i);
    expect(limits.lowered.slow).toBe(0);
  });

  it('follows the configuration', () => {
    const limits = new PoolLimits(20);
    limits.configure(50, { minConcurrency: 1 });
    expect(limits.view(0)).toEqual({ limit: 50, limitedBy: 'configured' });
    limits.adopt(30, 0);
    expect(limits.view(0)).toEqual({ limit: 30, limitedBy: 'adaptive' });
    limits.configure(50); // no longer by its pace
    expect(limits.view(0)).toEqual({ limit: 50, limitedBy: 'configured' });
  });
});
