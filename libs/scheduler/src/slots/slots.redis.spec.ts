import { saySkipped } from '@relay/testing';
import { type Clock, systemClock } from '@relay/core';
import { CuttableProxy } from '../../test/cuttable-proxy';
import { RedisProcesses } from '../../test/redis-processes';
import { granted, requestOf, until } from '../../test/scheduler-harness';
import { SLOT_LEASE_MS } from '../adapters/slot-leases';
import type { Scheduler } from '../scheduler.service';
import type { Slot } from '../slot';

const redisUrl = process.env.TEST_REDIS_URL;
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('blocks of slots on Redis, because TEST_REDIS_URL is not set');

const only = (scheduler: Scheduler) => scheduler.snapshot()[0]!;
const release = (slots: readonly Slot[]): void => slots.forEach((slot) => slot.release());

/** Short, so that tests need not wait for a real one to end, ms. */
const SHORT_LEASE_MS = 500;
/** Far too long for a test to wait for its heartbeats, ms. */
const LONG_LEASE_MS = 600_000;

describeRedis('Blocks of slots on Redis', () => {
  let processes: RedisProcesses;

  beforeEach(() => {
    processes = new RedisProcesses(redisUrl!);
  });

  afterEach(() => processes.close());

  async function fill(scheduler: Scheduler, count: number, tenant = 't'): Promise<Slot[]> {
    const outcomes = await Promise.all(Array.from({ length: count }, () => scheduler.admit(requestOf(tenant))));
    return outcomes.map(granted);
  }

  it('gives all the load of a pool nearly all of its slots, without lending, and the others theirs when they need them', async () => {
    const [a, b] = [await processes.start(10), await processes.start(10)];
    release(await fill(a.scheduler, 10));
    await until(() => only(a.scheduler).limit >= 9);
    const held = await fill(a.scheduler, 9);
    expect(held.map((slot) => slot.queue)).toEqual(Array(9).fill('none'));
    expect(only(b.scheduler)).toMatchObject({ inUse: 0, poolLimit: 10, processes: 2 });
    release(held.slice(0, 5));
    const taken = await fill(b.scheduler, 5);
    await until(() => only(a.scheduler).inUse + only(b.scheduler).inUse === 9); // none set aside for a ticket any more
    release([...held, ...taken]);
    await until(() => only(a.scheduler).inUse + only(b.scheduler).inUse === 0);
  });

  it('starts one request at a time through one slot of three processes', async () => {
    const three = [await processes.start(1), await processes.start(1), await processes.start(1)];
    let running = 0;
    let most = 0;
    const one = async ({ scheduler }: (typeof three)[number]): Promise<void> => {
      const slot = granted(await scheduler.admit(requestOf('t')));
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      slot.release();
    };
    await Promise.all(Array.from({ length: 10 }, () => three.map(one)).flat());
    expect(most).toBe(1);
  });

  it('gives the slots of a process that died to the others within a lease and a heartbeat', async () => {
    const proxy = new CuttableProxy(new URL(redisUrl!));
    await proxy.open();
    const dying = await processes.start(4, { url: proxy.url, leaseMs: SHORT_LEASE_MS });
    const b = await processes.start(4, { leaseMs: SHORT_LEASE_MS });
    await fill(dying.scheduler, 4);
    const diedAt = performance.now();
    await proxy.cut();
    await fill(b.scheduler, 4);
    const tookMs = performance.now() - diedAt;
    expect(tookMs).toBeGreaterThan(SHORT_LEASE_MS / 2);
    expect(tookMs).toBeLessThan(SHORT_LEASE_MS * 5); // 1.2 leases, and a busy machine
    expect(SLOT_LEASE_MS * 1.2).toBeLessThan(15_000);
    await processes.stop(dying);
  });

  it('divides the limit while Redis is away, and goes back to leases after', async () => {
    const proxy = new CuttableProxy(new URL(redisUrl!));
    await proxy.open();
    const options = { url: proxy.url, leaseMs: SHORT_LEASE_MS };
    const [a, b] = [await processes.start(5, options), await processes.start(5, options)];
    await until(() => [a, b].every(({ scheduler }) => only(scheduler).processes === 2));
    await proxy.cut();
    await until(() => only(a.scheduler).limit + only(b.scheduler).limit === 5 && only(b.scheduler).limit >= 2);
    release(await fill(a.scheduler, 2));
    release(await fill(b.scheduler, 2));
    await proxy.open();
    const held = await fill(a.scheduler, 5);
    expect(only(a.scheduler).inUse + only(b.scheduler).inUse).toBe(5);
    release(held);
    await processes.stop(a);
    await processes.stop(b);
    await proxy.cut();
  });

  it('hears at once from processes that come back to a Redis that forgot everything', async () => {
    const proxy = new CuttableProxy(new URL(redisUrl!));
    await proxy.open();
    const options = { url: proxy.url, leaseMs: LONG_LEASE_MS };
    const [a, b] = [await processes.start(6, options), await processes.start(6, options)];
    await proxy.cut();
    const waiting = Array.from({ length: 6 }, () => a.scheduler.admit(requestOf('t')));
    await processes.forget();
    await proxy.open();
    const held = (await Promise.all(waiting)).map(granted);
    await until(() => only(a.scheduler).limit === 6);
    expect(only(b.scheduler).limit).toBe(0);
    release(held);
    await processes.stop(a);
    await processes.stop(b);
    await proxy.cut();
  });

  it('does not mind clocks a minute apart', async () => {
    const at = (skewMs: number): Clock => ({ ...systemClock, now: () => systemClock.now() + skewMs });
    const leaseMs = SHORT_LEASE_MS;
    const a = await processes.start(6, { leaseMs, clock: at(-60_000) });
    const b = await processes.start(6, { leaseMs, clock: at(60_000) });
    await until(() => only(a.scheduler).limit === 3 && only(b.scheduler).limit === 3);
    release(await fill(a.scheduler, 6)); // some of them lent by b
    const held = await fill(a.scheduler, 5);
    await until(() => only(a.scheduler).limit >= 5 && only(b.scheduler).limit <= 1);
    const started = performance.now();
    await until(() => performance.now() - started > 2 * leaseMs || only(b.scheduler).limit > 1);
    expect(only(b.scheduler).processes).toBe(2);
    expect(only(b.scheduler).limit).toBeLessThanOrEqual(1);
    release(held);
  });

  it("holds a tenant's own limit over all processes, and serves it wherever it asks", async () => {
    const [a, b] = [await processes.start(8), await processes.start(8)];
    let running = 0;
    let most = 0;
    const one = async (scheduler: Scheduler): Promise<void> => {
      const slot = granted(await scheduler.admit(requestOf('t', { tenantConcurrency: 1 })));
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      slot.release();
    };
    for (let i = 0; i < 5; i++) for (const { scheduler } of [a, b]) await one(scheduler);
    await Promise.all([a, b, a, b, a, b].map(({ scheduler }) => one(scheduler)));
    expect(most).toBe(1);
  });
});
