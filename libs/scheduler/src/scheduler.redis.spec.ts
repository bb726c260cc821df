import { saySkipped } from '@relay/testing';
import { randomUUID } from 'node:crypto';
import { systemClock } from '@relay/core';
import { Redis } from 'ioredis';
import { CuttableProxy } from '../test/cuttable-proxy';
import {
  granted,
  largestLead,
  POOL,
  refused,
  requestOf,
  serveAll,
  SILENT,
  startScheduler,
  until,
} from '../test/scheduler-harness';
import { openStores, type Stores } from '../test/stores';
import { redisBackend } from './adapters/backends';
import type { LineHealth } from './adapters/failover-ticket-line';
import type { Scheduler } from './scheduler.service';

const redisUrl = process.env.TEST_REDIS_URL;
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('the scheduler on Redis, because TEST_REDIS_URL is not set');

/** Named so that no embedded database is started; nothing connects to it. */
const UNUSED_DATABASE = 'postgres://127.0.0.1:1/unused';

const only = (scheduler: Scheduler) => scheduler.snapshot()[0]!;

describeRedis('Scheduler on Redis', () => {
  const opened: { scheduler: Scheduler; stores: Stores }[] = [];
  let namespace = '';

  beforeEach(() => {
    namespace = `relay-test-${randomUUID()}`;
  });

  afterEach(async () => {
    for (const { scheduler } of opened) await scheduler.close();
    for (const { stores } of opened.splice(0)) await stores.close();
    const redis = new Redis(redisUrl!);
    const keys = await redis.keys(`*${namespace}*`);
    if (keys.length > 0) await redis.del(...keys);
    await redis.quit();
  });

  /** A relay process of its own: own connections, own bus. */
  async function relayProcess(slots: number, url = redisUrl!, health: LineHealth = SILENT) {
    const stores = await openStores({ REDIS_URL: url, DATABASE_URL: UNUSED_DATABASE });
    const processId = randomUUID();
    const options = { processId, namespace, queues: stores.queues, clock: systemClock, health };
    const backend = redisBackend(options, stores.redis!, stores.connections.createSubscriber()!);
    const { scheduler } = startScheduler(backend, { slots });
    opened.push({ scheduler, stores });
    return { scheduler, stores, backend };
  }

  async function jobsIn(stores: Stores): Promise<number> {
    const options = { prefix: `{${namespace}:${POOL}}` };
    const queues = ['inference-short', 'inference-long'].map((name) => stores.queues.queue(name, options));
    const counts = await Promise.all(queues.map((queue) => queue.getJobCounts()));
    await Promise.all(queues.map((queue) => queue.close()));
    return counts.flatMap((count) => Object.values(count)).reduce((sum, count) => sum + count, 0);
  }

  it('serves 20 requests of two tenants through one slot, in turn, and leaves nothing behind', async () => {
    const { scheduler, stores } = await relayProcess(1);
    const { order, slots } = await serveAll(scheduler, ['a', 'b'], 10);
    expect(order).toHaveLength(20);
    expect(largestLead(order, 'a', 'b')).toBeLessThanOrEqual(2);
    expect(slots.filter((slot) => slot.queue === 'short' && slot.queuedMs > 0)).toHaveLength(19);
    await until(async () => (await jobsIn(stores)) === 0);
  });

  it('takes the ticket of a request whose client leaves out of line', async () => {
    const { scheduler, stores } = await relayProcess(1);
    const slot = granted(await scheduler.admit(requestOf('a')));
    const abort = new AbortController();
    const waiting = scheduler.admit(requestOf('a', { signal: abort.signal }));
    await until(async () => (await jobsIn(stores)) === 1);
    abort.abort();
    expect(refused(await waiting).code).toBe('client_closed');
    await until(async () => (await jobsIn(stores)) === 0);
    slot.release();
    expect(scheduler.tryAcquire(requestOf('b'))).not.toBeNull();
  });

  it('divides a limit among processes, and lends slots from one to another', async () => {
    const a = await relayProcess(4);
    const b = await relayProcess(4);
    await until(() => only(a.scheduler).limit === 2 && only(b.scheduler).limit === 2);
    const held = [0, 1].map(() => a.scheduler.tryAcquire(requestOf('t'))!);
    const lent = [granted(await a.scheduler.admit(requestOf('t'))), granted(await a.scheduler.admit(requestOf('t')))];
    expect(only(b.scheduler).inUse).toBe(2);
    const waiting = [a, b].map(({ scheduler }) => scheduler.admit(requestOf('u')));
    for (const slot of lent) slot.release();
    for (const outcome of await Promise.all(waiting)) granted(outcome).release();
    for (const slot of held) slot.release();
    await until(() => only(a.scheduler).inUse === 0 && only(b.scheduler).inUse === 0);
    await until(async () => (await jobsIn(a.stores)) === 0);
  });

  it('serves two loaded processes without losing a request or a slot', async () => {
    const [a, b] = [await relayProcess(4), await relayProcess(4)];
    const results = await Promise.all([serveAll(a.scheduler, ['x', 'y'], 50), serveAll(b.scheduler, ['x', 'z'], 50)]);
    expect(results.map(({ order }) => order.length)).toEqual([100, 100]);
    await until(() =>
      [a, b].every(({ scheduler }) => only(scheduler).inUse === 0 && only(scheduler).waiting.short === 0),
    );
  });

  it('gives up the ticket of a process that died, and serves the next', async () => {
    const [a, b] = [await relayProcess(2), await relayProcess(2)];
    await until(() => only(a.scheduler).limit === 1 && only(b.scheduler).limit === 1);
    const slotA = a.scheduler.tryAcquire(requestOf('t'))!;
    const slotB = b.scheduler.tryAcquire(requestOf('t'))!;
    void a.scheduler.admit(requestOf('t'));
    await until(async () => (await jobsIn(b.stores)) === 1);
    await a.backend.bus.close(); // hears nothing any more, its ticket still stands
    const waiting = b.scheduler.admit(requestOf('t'));
    slotB.release();
    granted(await waiting).release();
    await until(() => only(b.scheduler).inUse === 0);
    slotA.release();
  });

  it('goes on in its own order while Redis is away, and returns to the shared line after', async () => {
    const proxy = new CuttableProxy(new URL(redisUrl!));
    await proxy.open();
    const said: string[] = [];
    const health = { lost: () => said.push('lost'), restored: () => said.push('restored') };
    const { scheduler, stores } = await relayProcess(1, proxy.url, health);
    await serveAll(scheduler, ['a', 'b'], 2);
    const slot = granted(await scheduler.admit(requestOf('a')));
    const waiting = serveAll(scheduler, ['a', 'b'], 5);
    await until(async () => (await jobsIn(stores)) >= 4);
    await proxy.cut();
    slot.release();
    const { order } = await waiting;
    expect(order).toHaveLength(10);
    expect(largestLead(order, 'a', 'b')).toBeLessThanOrEqual(2);
    expect(only(scheduler)).toMatchObject({ inUse: 0, waiting: { short: 0 } });
    expect(said).toEqual(['lost']);
    await proxy.open();
    await until(() => said.length === 2);
    await serveAll(scheduler, ['a', 'b'], 5);
    expect(said).toEqual(['lost', 'restored']);
    await scheduler.close();
    await stores.close();
    opened.pop();
    await proxy.cut();
  });
});
