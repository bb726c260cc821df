import { saySkipped } from '@relay/testing';
import { CuttableProxy } from '../test/cuttable-proxy';
import { RedisProcesses } from '../test/redis-processes';
import { granted, largestLead, POOL, refused, requestOf, serveAll, until } from '../test/scheduler-harness';
import type { Stores } from '../test/stores';
import type { Scheduler } from './scheduler.service';

const redisUrl = process.env.TEST_REDIS_URL;
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('the scheduler on Redis, because TEST_REDIS_URL is not set');

const only = (scheduler: Scheduler) => scheduler.snapshot()[0]!;

describeRedis('Scheduler on Redis', () => {
  let processes: RedisProcesses;

  beforeEach(() => {
    processes = new RedisProcesses(redisUrl!);
  });

  afterEach(() => processes.close());

  async function jobsIn(stores: Stores, names = ['inference-short', 'inference-long']): Promise<number> {
    const options = { prefix: `{${processes.namespace}:${POOL}}` };
    const queues = names.map((name) => stores.queues.queue(name, options));
    const counts = await Promise.all(queues.map((queue) => queue.getJobCounts()));
    await Promise.all(queues.map((queue) => queue.close()));
    return counts.flatMap((count) => Object.values(count)).reduce((sum, count) => sum + count, 0);
  }

  it('serves 20 requests of two tenants through one slot, in turn, and leaves nothing behind', async () => {
    const { scheduler, stores } = await processes.start(1);
    const { order, slots } = await serveAll(scheduler, ['a', 'b'], 10);
    expect(order).toHaveLength(20);
    expect(largestLead(order, 'a', 'b')).toBeLessThanOrEqual(2);
    expect(slots.filter((slot) => slot.queue === 'short' && slot.queuedMs > 0)).toHaveLength(19);
    await until(async () => (await jobsIn(stores)) === 0);
  });

  it('takes the ticket of a request whose client leaves out of line', async () => {
    const { scheduler, stores } = await processes.start(1);
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

  it('lends a slot to the process whose request is next, while it has none of its own', async () => {
    const a = await processes.start(2);
    const b = await processes.start(2);
    const held = [granted(await a.scheduler.admit(requestOf('t'))), granted(await b.scheduler.admit(requestOf('t')))];
    const waiting = [a, b, a, b].map(({ scheduler }) => scheduler.admit(requestOf('u')));
    for (const slot of held) slot.release();
    for (const outcome of waiting) granted(await outcome).release();
    await until(() => only(a.scheduler).inUse === 0 && only(b.scheduler).inUse === 0);
    await until(async () => (await jobsIn(a.stores)) === 0);
  });

  it('serves two loaded processes without losing a request or a slot', async () => {
    const [a, b] = [await processes.start(4), await processes.start(4)];
    const results = await Promise.all([serveAll(a.scheduler, ['x', 'y'], 50), serveAll(b.scheduler, ['x', 'z'], 50)]);
    expect(results.map(({ order }) => order.length)).toEqual([100, 100]);
    await until(() =>
      [a, b].every(({ scheduler }) => only(scheduler).inUse === 0 && only(scheduler).waiting.short === 0),
    );
  });

  it('serves what waits at a level above in one process before the batch lines of the tenant in another', async () => {
    const [gateway, worker] = [await processes.start(1), await processes.start(1)];
    const busy = granted(await gateway.scheduler.admit(requestOf('t')));
    const order: string[] = [];
    const ask = async ({ scheduler }: typeof gateway, name: string, changes: object): Promise<void> => {
      const slot = granted(await scheduler.admit(requestOf('t', changes)));
      order.push(name);
      slot.release();
    };
    const lines = [1, 2, 3].map(() => ask(worker, 'line', { level: 'batch', class: 'long' }));
    await until(async () => (await jobsIn(worker.stores)) === 2);
    const chats = [1, 2].map(() => ask(gateway, 'chat', {}));
    await until(async () => (await jobsIn(worker.stores, ['inference-short'])) === 2);
    await until(async () => (await jobsIn(worker.stores, ['inference-long'])) === 0); // the lines let them pass, once they have heard of them
    busy.release();
    await Promise.all([...lines, ...chats]);
    expect(order).toEqual(['chat', 'chat', 'line', 'line', 'line']);
  });

  it('gives up the ticket of a process that died, and serves the next', async () => {
    const options = { leaseMs: 1_000 }; // so that the slots are shared out soon
    const [a, b] = [await processes.start(2, options), await processes.start(2, options)];
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

  it('serves what waits also when Redis has lost everything, without an error that tells so', async () => {
    const { scheduler, stores } = await processes.start(1);
    const slot = granted(await scheduler.admit(requestOf('a')));
    const waiting = serveAll(scheduler, ['a', 'b'], 3);
    await until(async () => (await jobsIn(stores)) === 4);
    await stores.redis!.del(...(await stores.redis!.keys(`*${processes.namespace}:${POOL}*`)));
    slot.release();
    expect((await waiting).order).toHaveLength(6);
    expect(only(scheduler)).toMatchObject({ inUse: 0, waiting: { short: 0 } });
    await until(async () => (await jobsIn(stores)) === 0);
  });

  it('goes on in its own order while Redis is away, and returns to the shared line after', async () => {
    const proxy = new CuttableProxy(new URL(redisUrl!));
    await proxy.open();
    const said: string[] = [];
    const health = { lost: () => said.push('lost'), restored: () => said.push('restored') };
    const relay = await processes.start(1, { url: proxy.url, health });
    const { scheduler, stores } = relay;
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
    await processes.stop(relay);
    await proxy.cut();
  });
});
