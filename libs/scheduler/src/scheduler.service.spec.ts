import { RelayError } from '@relay/core';
import { FakeClock } from '@relay/testing';
import {
  configOf,
  granted,
  largestLead,
  memoryBackend,
  refused,
  requestOf,
  serveAll,
  startScheduler,
  until,
} from '../test/scheduler-harness';
import { MemoryTicketLine } from './adapters/memory-ticket-line';
import type { TicketLine } from './ports/ticket-line.port';
import type { Scheduler } from './scheduler.service';

const only = (scheduler: Scheduler) => scheduler.snapshot()[0]!;

describe('Scheduler in one process', () => {
  it('gives a free slot at once and takes it back once', () => {
    const { scheduler } = startScheduler(memoryBackend(), { slots: 2 });
    const slot = scheduler.tryAcquire(requestOf('a'))!;
    expect(slot).toMatchObject({ queue: 'none', queuedMs: 0 });
    expect(scheduler.tryAcquire(requestOf('a'))).not.toBeNull();
    expect(scheduler.tryAcquire(requestOf('b'))).toBeNull();
    slot.release();
    slot.release();
    expect(only(scheduler).inUse).toBe(1);
    expect(scheduler.tryAcquire(requestOf('b'))).not.toBeNull();
  });

  it('does not let a newcomer overtake those who wait', async () => {
    const { scheduler } = startScheduler(memoryBackend());
    const slot = scheduler.tryAcquire(requestOf('a'))!;
    const waiting = scheduler.admit(requestOf('a'));
    slot.release();
    expect(scheduler.tryAcquire(requestOf('b'))).toBeNull();
    expect(granted(await waiting).queue).toBe('short');
  });

  it('serves two tenants in turn, whoever came first with however much', async () => {
    const { scheduler } = startScheduler(memoryBackend());
    const { order } = await serveAll(scheduler, ['flood', 'polite'], 10);
    expect(order).toHaveLength(20);
    expect(largestLead(order, 'flood', 'polite')).toBeLessThanOrEqual(2);
    expect(only(scheduler)).toMatchObject({ inUse: 0, waiting: { short: 0, long: 0 }, tenants: [] });
  });

  it('serves by weight', async () => {
    const { scheduler } = startScheduler(memoryBackend());
    const weights: Record<string, number> = { light: 1, heavy: 3 };
    const { order } = await serveAll(scheduler, ['light', 'heavy'], 60, (tenant) => ({ weight: weights[tenant] }));
    const early = order.slice(0, 60);
    expect(early.filter((tenant) => tenant === 'heavy').length).toBeGreaterThanOrEqual(42);
    expect(early.filter((tenant) => tenant === 'light').length).toBeGreaterThanOrEqual(13);
  });

  it('gives a tenant back what it was charged for calls that were not made or cost less', async () => {
    const { scheduler } = startScheduler(memoryBackend());
    const busy = scheduler.tryAcquire(requestOf('c'))!;
    const order: string[] = [];
    const ask = async (tenant: string): Promise<void> => {
      const slot = granted(await scheduler.admit(requestOf(tenant, { cost: 1_000 })));
      order.push(tenant);
      // Nobody was called for `a`.
      if (tenant === 'a') slot.release();
      else slot.release({ ended: 'completed', cost: 1_000 });
    };
    const all = Array.from({ length: 20 }, () => ['a', 'b'].map(ask)).flat();
    busy.release();
    await Promise.all(all);
    expect(order.slice(0, 24).filter((tenant) => tenant === 'a').length).toBeGreaterThanOrEqual(19);
  });

  it('does not let a flood delay a polite tenant beyond its share', async () => {
    const { scheduler } = startScheduler(memoryBackend(), { maxQueuedPerTenant: 1_000 });
    const flood = serveAll(scheduler, ['flood'], 300);
    await until(() => only(scheduler).waiting.short > 100);
    const before = only(scheduler).waiting.short;
    const slot = granted(await scheduler.admit(requestOf('polite')));
    const servedMeanwhile = before - only(scheduler).waiting.short;
    slot.release();
    expect(servedMeanwhile).toBeLessThanOrEqual(4); // those whose tickets were called or stamped already
    await flood;
  });

  it('shares by work, however it is cut: long requests are served as rarely as they are large', async () => {
    const { scheduler } = startScheduler(memoryBackend());
    const { order } = await serveAll(scheduler, ['chat', 'report'], 80, (tenant) =>
      tenant === 'report' ? { class: 'long', cost: 2_000 } : {},
    );
    const reports = order.slice(0, 84).filter((tenant) => tenant === 'report').length;
    expect(reports).toBeGreaterThanOrEqual(3); // 2,000 tokens each, as 20 of the others
    expect(reports).toBeLessThanOrEqual(6);
  });

  it('refuses at once when the line of a tenant or of the pool is full, and says when to come back', async () => {
    const { scheduler } = startScheduler(memoryBackend(), { maxQueuedPerTenant: 2, maxQueued: 3 });
    const slot = scheduler.tryAcquire(requestOf('a'))!;
    const waiting = ['a', 'a', 'b'].map(async (tenant) => granted(await scheduler.admit(requestOf(tenant))).release());
    for (const request of [requestOf('a'), requestOf('c')]) {
      const error = refused(await scheduler.admit(request));
      expect(error.code).toBe('overloaded');
      expect(error.retryAfterSeconds).toBeGreaterThanOrEqual(1);
      expect(error.retryAfterSeconds).toBeLessThanOrEqual(60);
    }
    slot.release();
    await Promise.all(waiting);
  });

  it('forgets a request whose client leaves, and serves the others', async () => {
    const { scheduler } = startScheduler(memoryBackend());
    const slot = scheduler.tryAcquire(requestOf('a'))!;
    const abort = new AbortController();
    const leaving = scheduler.admit(requestOf('b', { signal: abort.signal }));
    const staying = scheduler.admit(requestOf('b'));
    abort.abort();
    expect(refused(await leaving).code).toBe('client_closed');
    slot.release();
    granted(await staying).release();
    expect(only(scheduler)).toMatchObject({ inUse: 0, waiting: { short: 0, long: 0 } });
    expect(scheduler.tryAcquire(requestOf('c'))).not.toBeNull();
    expect(refused(await scheduler.admit(requestOf('b', { signal: abort.signal }))).code).toBe('client_closed');
  });

  it('tells a request that is given up for another reason than its client what that reason is', async () => {
    const { scheduler } = startScheduler(memoryBackend());
    const slot = scheduler.tryAcquire(requestOf('a'))!;
    const abort = new AbortController();
    const shutdown = new RelayError('unavailable', 'The relay is shutting down.');
    const waiting = scheduler.admit(requestOf('b', { signal: abort.signal }));
    abort.abort(shutdown);
    expect(refused(await waiting)).toBe(shutdown);
    expect(refused(await scheduler.admit(requestOf('b', { signal: abort.signal })))).toBe(shutdown);
    slot.release();
  });

  it('refuses a request whose deadline passes while it waits, at that moment', async () => {
    const clock = new FakeClock();
    const { scheduler } = startScheduler(memoryBackend(clock), {}, clock);
    const at = (ms: number) => ({ deadlineAt: clock.now() + ms });
    const slot = scheduler.tryAcquire(requestOf('a', at(60_000)))!;
    const waiting = scheduler.admit(requestOf('a', at(5_000)));
    await clock.advanceAsync(4_999);
    expect(only(scheduler).waiting.short).toBe(1);
    await clock.advanceAsync(1);
    expect(refused(await waiting)).toMatchObject({
      code: 'overloaded',
      retryAfterSeconds: expect.any(Number) as number,
    });
    expect(only(scheduler).waiting.short).toBe(0);
    slot.release();
    expect(scheduler.tryAcquire(requestOf('a', at(60_000)))).not.toBeNull();
  });

  it('refuses a request that waits when no answer can be there by its deadline any more', async () => {
    const clock = new FakeClock();
    const { scheduler } = startScheduler(memoryBackend(clock), {}, clock);
    const terms = { deadlineAt: clock.now() + 5_000, latestStartAt: clock.now() + 4_000 };
    scheduler.tryAcquire(requestOf('a', { deadlineAt: clock.now() + 60_000 }));
    const waiting = scheduler.admit(requestOf('a', terms));
    await clock.advanceAsync(3_999);
    expect(only(scheduler).waiting.short).toBe(1);
    await clock.advanceAsync(1);
    expect(refused(await waiting).code).toBe('overloaded');
  });

  it('refuses at once what cannot be started before its deadline, once it knows how long requests take', async () => {
    const clock = new FakeClock();
    const { scheduler } = startScheduler(memoryBackend(clock), {}, clock);
    const at = (ms: number) => ({ deadlineAt: clock.now() + ms });
    for (let i = 0; i < 8; i++) {
      const slot = scheduler.tryAcquire(requestOf('a', at(60_000)))!;
      clock.advance(10_000);
      slot.release({ ended: 'completed', cost: 100 });
    }
    const slot = scheduler.tryAcquire(requestOf('a', at(60_000)))!;
    expect(refused(await scheduler.admit(requestOf('b', at(5_000))))).toMatchObject({
      code: 'overloaded',
      retryAfterSeconds: 10,
    });
    const patient = scheduler.admit(requestOf('b', at(30_000)));
    slot.release();
    granted(await patient).release();
  });

  it('serves the levels of a tenant in order, and other tenants in their turn whatever level they claim', async () => {
    const { scheduler } = startScheduler(memoryBackend());
    const slot = scheduler.tryAcquire(requestOf('a'))!;
    const served: string[] = [];
    const waiting = (['batch', 'standard', 'interactive'] as const).flatMap((level) =>
      ['a', 'b'].map(async (tenant) => {
        const outcome = granted(await scheduler.admit(requestOf(tenant, { level: tenant === 'a' ? level : 'batch' })));
        served.push(tenant === 'a' ? `a ${level}` : 'b');
        outcome.release({ ended: 'completed' });
      }),
    );
    expect(only(scheduler).waitingByLevel).toEqual({ interactive: 1, standard: 1, batch: 4 });
    slot.release();
    await Promise.all(waiting);
    expect(served.filter((name) => name !== 'b')).toEqual(['a interactive', 'a standard', 'a batch']);
    expect(served.slice(0, 4)).toContain('b');
  });

  it('does not let a tenant’s long batch work pass its short requests of a level above', async () => {
    const { scheduler } = startScheduler(memoryBackend());
    const busy = scheduler.tryAcquire(requestOf('a'))!;
    const served: string[] = [];
    const ask = async (level: 'standard' | 'batch'): Promise<void> => {
      const slot = granted(
        await scheduler.admit(requestOf('a', { level, class: level === 'batch' ? 'long' : 'short' })),
      );
      served.push(level);
      slot.release({ ended: 'completed' });
    };
    const all = Array.from({ length: 10 }, () => [ask('batch'), ask('standard')]).flat();
    busy.release({ ended: 'completed' });
    await Promise.all(all);
    expect(served.slice(0, 10)).toEqual(Array(10).fill('standard'));
  });

  it('keeps slots free for short requests while long ones wait, and serves the long ones when their share is free', async () => {
    const { scheduler } = startScheduler(memoryBackend(), { slots: 10 });
    const long = (): ReturnType<typeof requestOf> => requestOf('a', { class: 'long' });
    scheduler.tryAcquire(requestOf('a'))!.release();
    const held = Array.from({ length: 9 }, () => scheduler.tryAcquire(long())!);
    const tenth = scheduler.admit(long());
    const short = granted(await scheduler.admit(requestOf('a')));
    expect(short.queue).toBe('none'); // it does not queue behind the long one either
    expect(only(scheduler)).toMatchObject({ inUse: 10, waiting: { long: 1 } });
    held.pop()?.release();
    expect(granted(await tenth).queue).toBe('long');
  });

  it('starts fewer calls after a 429 of the provider, and as many as before some time later', async () => {
    const clock = new FakeClock();
    const { scheduler } = startScheduler(memoryBackend(clock), { slots: 20 }, clock);
    const running = Array.from({ length: 20 }, () => scheduler.tryAcquire(requestOf('a'))!);
    await clock.advanceAsync(2_000);
    for (const slot of running) slot.release({ ended: 'rate-limited' }); // a burst counts once
    expect(only(scheduler)).toMatchObject({ poolLimit: 14, configured: 20, limitedBy: 'rate-limited' });
    const fewer = Array.from({ length: 20 }, () => scheduler.tryAcquire(requestOf('a'))).filter(
      (slot) => slot !== null,
    );
    expect(fewer).toHaveLength(14);
    const waiting = scheduler.admit(requestOf('a', { deadlineAt: clock.now() + 600_000 }));
    await clock.advanceAsync(60_000);
    expect(granted(await waiting).queue).toBe('short'); // nobody gave a slot back
    expect(only(scheduler)).toMatchObject({ limit: 20, poolLimit: 20, limitedBy: 'configured' });
  });

  it('starts fewer calls while answers are slower than they are to be', () => {
    const clock = new FakeClock();
    const { scheduler } = startScheduler(memoryBackend(clock), { slots: 20, adaptive: { ttftMs: 500 } }, clock);
    for (let round = 0; round < 4; round++) {
      const running = Array.from({ length: 20 }, () => scheduler.tryAcquire(requestOf('a')));
      clock.advance(2_000);
      for (const slot of running) slot?.release({ ended: 'completed', cost: 100, ttftMs: 1_000 });
    }
    expect(only(scheduler).limitedBy).toBe('adaptive');
    expect(only(scheduler).poolLimit).toBeLessThan(15);
  });

  it('holds back requests for a model whose rate limit is used up, until the provider renews it, and no others', async () => {
    const clock = new FakeClock();
    const { scheduler } = startScheduler(memoryBackend(clock), { slots: 4 }, clock);
    const of = (model: string): ReturnType<typeof requestOf> =>
      requestOf('a', { model, deadlineAt: clock.now() + 600_000 });
    const told = { remainingRequests: 0, requestsResetMs: 1_500 };
    scheduler.tryAcquire(of('m'))!.release({ ended: 'completed', told });
    const waiting = scheduler.admit(of('m'));
    const other = granted(await scheduler.admit(of('n'))); // though one of its tenant waits before it
    expect(only(scheduler)).toMatchObject({ inUse: 1, held: [{ model: 'm', until: clock.now() + 1_500 }] });
    await clock.advanceAsync(1_499);
    expect(only(scheduler)).toMatchObject({ inUse: 1, waiting: { short: 1 } });
    await clock.advanceAsync(1);
    expect(granted(await waiting).queuedMs).toBe(1_500);
    other.release();
    expect(only(scheduler).held).toEqual([]);
  });

  it('lets short requests take the slots that are kept for them at once, however much long work waits', async () => {
    const line = new MemoryTicketLine();
    const calls = { adds: 0, takes: 0 };
    const counting: TicketLine = new Proxy(line, {
      get: (target, name) => {
        if (name === 'add') calls.adds++;
        if (name === 'take') calls.takes++;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    });
    const { scheduler } = startScheduler({ ...memoryBackend(), openLine: () => counting }, { slots: 10 });
    scheduler.tryAcquire(requestOf('chat'))!.release();
    const running = Array.from({ length: 9 }, () => scheduler.tryAcquire(requestOf('a', { class: 'long' }))!);
    const waiting = Array.from({ length: 150 }, (_, i) => scheduler.admit(requestOf(`t${i}`, { class: 'long' })));
    await until(() => only(scheduler).waiting.long === 150);
    const before = { ...calls };
    for (const slot of running) {
      slot.release({ ended: 'completed' });
      expect(scheduler.tryAcquire(requestOf('chat'))).not.toBeNull(); // at once, without a look at the line
      scheduler.snapshot();
      break;
    }
    await until(() => only(scheduler).waiting.long === 149);
    expect(calls.adds - before.adds).toBeLessThanOrEqual(1);
    expect(calls.takes - before.takes).toBeLessThanOrEqual(3);
    void waiting;
  });

  it('lets no tenant keep more than its bytes of bodies waiting', async () => {
    const { scheduler } = startScheduler(memoryBackend(), { slots: 1 });
    scheduler.tryAcquire(requestOf('other'));
    const bodyBytes = 30 * 1024 * 1024;
    const outcomes = Array.from({ length: 200 }, () => scheduler.admit(requestOf('a', { bodyBytes })));
    await until(() => only(scheduler).refused['tenant-full'] > 0);
    expect(only(scheduler)).toMatchObject({ waiting: { short: 4 }, refused: { 'tenant-full': 196 } });
    expect(refused((await outcomes[4])!).code).toBe('overloaded');
    void scheduler.admit(requestOf('b'));
    expect(only(scheduler).waiting.short).toBe(5);
  });

  it('calls one request of the level batch for each that ends while they have their share', async () => {
    const { scheduler } = startScheduler(memoryBackend(), { slots: 5 });
    const batch = (tenant: string): ReturnType<typeof requestOf> => requestOf(tenant, { level: 'batch' });
    const other = scheduler.tryAcquire(requestOf('chat'))!;
    const running = Array.from({ length: 4 }, (_, i) => scheduler.tryAcquire(batch(`t${i}`))!);
    const waiting = Array.from({ length: 30 }, (_, i) => scheduler.admit(batch(`w${i}`)));
    other.release({ ended: 'completed' });
    expect(scheduler.tryAcquire(requestOf('chat'))).not.toBeNull();
    for (let done = 1; done <= 4; done++) {
      running.pop()!.release({ ended: 'completed' });
      await until(() => only(scheduler).waiting.short === 30 - done);
      expect(only(scheduler).inUse).toBe(5);
    }
    void waiting;
  });

  it('foretells no wait for what goes before the rest of its tenant, and a long one to who has its limit in use', async () => {
    const clock = new FakeClock();
    const { scheduler } = startScheduler(memoryBackend(clock), { slots: 4, maxQueuedPerTenant: 500 }, clock);
    const later = { deadlineAt: clock.now() + 10_000_000 };
    for (let i = 0; i < 10; i++) {
      const slot = scheduler.tryAcquire(requestOf('a', later))!;
      clock.advance(1_000);
      slot.release({ ended: 'completed', cost: 100 });
    }
    const running = Array.from({ length: 4 }, () => scheduler.tryAcquire(requestOf('x', later))!);
    const waiting = Array.from({ length: 100 }, () => scheduler.admit(requestOf('a', { ...later, level: 'batch' })));
    const waitOf = (level: 'interactive' | 'batch'): number =>
      scheduler.outlook(requestOf('a', { level }))?.waitMs ?? NaN;
    expect(waitOf('batch')).toBeGreaterThan(20_000);
    expect(waitOf('interactive')).toBeLessThan(1_000);
    const limited = { ...later, tenantConcurrency: 1 };
    void scheduler.admit(requestOf('l', limited));
    for (let i = 0; i < 10; i++) void scheduler.admit(requestOf('l', limited));
    expect(scheduler.outlook(requestOf('l', limited))?.waitMs).toBeGreaterThan(10_000); // one after the other
    void [running, waiting];
  });

  it('settles what a request was charged by what it really cost', async () => {
    const { scheduler } = startScheduler(memoryBackend());
    const busy = scheduler.tryAcquire(requestOf('c'))!;
    const order: string[] = [];
    const ask = async (tenant: string): Promise<void> => {
      const slot = granted(await scheduler.admit(requestOf(tenant, { cost: 100 })));
      order.push(tenant);
      slot.release({ ended: 'completed', cost: tenant === 'dear' ? 400 : 100 });
    };
    const all = Array.from({ length: 40 }, () => ['dear', 'cheap'].map(ask)).flat();
    busy.release();
    await Promise.all(all);
    const early = order.slice(0, 40).filter((tenant) => tenant === 'dear').length;
    expect(early).toBeGreaterThanOrEqual(6); // a fifth of the calls, as each is worth four
    expect(early).toBeLessThanOrEqual(12);
  });

  it('charges what went at once, too: who had the pool to itself is not first in line', async () => {
    const { scheduler } = startScheduler(memoryBackend(), { slots: 2 });
    const [first, second] = [
      scheduler.tryAcquire(requestOf('a', { cost: 5_000 }))!,
      scheduler.tryAcquire(requestOf('a', { cost: 5_000 }))!,
    ];
    const order: string[] = [];
    const ask = async (tenant: string): Promise<void> => {
      const slot = granted(await scheduler.admit(requestOf(tenant)));
      order.push(tenant);
      slot.release({ ended: 'completed' });
    };
    const all = [ask('a'), ask('a'), ask('b'), ask('b'), ask('b')];
    first.release({ ended: 'completed' });
    await Promise.all(all);
    expect(order.slice(0, 3)).toEqual(['b', 'b', 'b']);
    second.release({ ended: 'completed' });
  });

  it('does not count calls that were not made against a model’s rate limit', () => {
    const { scheduler } = startScheduler(memoryBackend(), { slots: 10 });
    const told = { remainingRequests: 2, requestsResetMs: 60_000 };
    scheduler.tryAcquire(requestOf('a'))!.release({ ended: 'completed', told });
    for (let i = 0; i < 6; i++) scheduler.tryAcquire(requestOf('b'))!.release(); // refused after it had its slot
    expect(scheduler.isHeld(requestOf('a'))).toBe(false);
    expect([1, 2, 3].map(() => scheduler.tryAcquire(requestOf('a')) !== null)).toEqual([true, true, false]);
  });

  it('keeps a tenant within its own concurrency, without holding up the others', async () => {
    const { scheduler } = startScheduler(memoryBackend(), { slots: 4 });
    const limited = (): ReturnType<typeof requestOf> => requestOf('a', { tenantConcurrency: 1 });
    const first = granted(await scheduler.admit(limited()));
    const second = scheduler.admit(limited());
    const third = scheduler.admit(limited());
    expect(only(scheduler)).toMatchObject({ inUse: 1, waiting: { short: 2 } });
    expect(scheduler.tryAcquire(requestOf('b'))).not.toBeNull();
    first.release();
    const next = granted(await second);
    expect(only(scheduler)).toMatchObject({ inUse: 2, waiting: { short: 1 } });
    next.release();
    granted(await third).release();
  });

  it('follows the configuration: more slots serve who waits, a removed provider refuses them', async () => {
    const { scheduler, config } = startScheduler(memoryBackend());
    const slot = scheduler.tryAcquire(requestOf('a'))!;
    const second = scheduler.admit(requestOf('a'));
    config.replace(configOf({ slots: 2 }));
    granted(await second);
    const third = scheduler.admit(requestOf('a'));
    config.replace({ ...configOf({}), providers: [] });
    expect(refused(await third).code).toBe('unavailable');
    expect(refused(await scheduler.admit(requestOf('a'))).code).toBe('unavailable');
    slot.release();
  });
});
