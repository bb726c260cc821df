import { Logger } from '@nestjs/common';
import { RedisConnections } from '@relay/database';
import { FakeClock, saySkipped } from '@relay/testing';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cachedAnswer } from '../../test/cached-answer.builder';
import { cacheWith, newKey } from '../../test/exact-cache.harness';
import { Invalidations } from './invalidations.service';

const redisUrl = process.env['TEST_REDIS_URL'] ?? '';
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('invalidations that reach other processes, because TEST_REDIS_URL is not set');

const MARKS_KEY = 'relay:cache:marks';
const CHECK_EVERY_MS = 5_000;
const WAIT_LIMIT_MS = 10_000;

/** Resolves when the condition holds; it waits for messages, which take their own time. */
async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + WAIT_LIMIT_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`not so after ${WAIT_LIMIT_MS} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('invalidations without Redis', () => {
  const clock = new FakeClock();
  const connections = new RedisConnections({ REDIS_URL: undefined });
  const answer = (marks: Invalidations, ...labels: string[]) => ({ epoch: marks.epoch, labels });

  it('void what was asked for before, not what is asked for after', async () => {
    const marks = new Invalidations(clock, null, connections);
    const before = answer(marks, 'tenant:acme', 'model:small');
    expect(marks.isVoid(before)).toBe(false);
    expect(await marks.invalidate({ tenant: 'acme' })).toMatchObject({ ok: true });
    expect(marks.isVoid(before)).toBe(true);
    expect(marks.isVoid(answer(marks, 'tenant:acme'))).toBe(false);
  });

  it('tell two of one millisecond apart', async () => {
    const marks = new Invalidations(clock, null, connections);
    for (let i = 0; i < 5; i++) {
      const before = answer(marks, 'tag:x');
      await marks.invalidate(i % 2 ? { tag: 'x' } : { all: true });
      expect(marks.isVoid(before)).toBe(true);
    }
  });

  it.each([[{}], [{ all: true, tenant: 'acme' }]])(
    'are refused when it is not clear what is meant: %j',
    async (selector) => {
      const marks = new Invalidations(clock, null, connections);
      expect(await marks.invalidate(selector)).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
      expect(marks.epoch).toBe(0);
    },
  );
});

/** Gives its subscribers away, so that a test can cut them. */
class OpenConnections extends RedisConnections {
  subscriber: Redis | null = null;

  override createSubscriber(): Redis | null {
    return (this.subscriber = super.createSubscriber());
  }
}

describeRedis('invalidations on Redis', () => {
  const redis = new Redis(redisUrl, { lazyConnect: true });
  const stopping: (() => Promise<void>)[] = [];
  const fields: string[] = [];
  const labelsOf = (tenant: string): string[] => [`tenant:${tenant}`];

  /** A tenant that no other test has, and its mark's field. */
  function newTenant(): string {
    const tenant = randomUUID();
    fields.push(JSON.stringify(labelsOf(tenant)));
    return tenant;
  }

  /** The marks of a process of its own. */
  async function startProcess(
    clock = new FakeClock(),
  ): Promise<{ marks: Invalidations; connections: OpenConnections }> {
    const connections = new OpenConnections({ REDIS_URL: redisUrl });
    const marks = new Invalidations(clock, await connections.connect(), connections);
    stopping.push(async () => {
      marks.onApplicationShutdown();
      await connections.onApplicationShutdown();
    });
    await marks.onModuleInit();
    return { marks, connections };
  }

  beforeAll(async () => {
    await redis.ping();
  });

  afterEach(async () => {
    for (const stop of stopping.splice(0)) await stop();
  });

  afterAll(async () => {
    if (fields.length > 0) await redis.hdel(MARKS_KEY, ...fields);
    redis.disconnect();
  });

  it('reach every process', async () => {
    const [{ marks: one }, { marks: two }] = [await startProcess(), await startProcess()];
    const tenant = newTenant();
    const answer = { epoch: two.epoch, labels: labelsOf(tenant) };
    expect(await one.invalidate({ tenant })).toMatchObject({ ok: true });
    expect(one.isVoid(answer)).toBe(true);
    await until(() => two.isVoid(answer));
    expect(one.epoch).toBe(two.epoch);
  });

  it('stop hits in the memory of another process, and of what it stores from a request that began before', async () => {
    const [{ marks: one }, { marks: two }] = [await startProcess(), await startProcess()];
    const clock = new FakeClock(Date.now());
    const [cacheOne, cacheTwo] = [cacheWith({ redis, clock, marks: one }), cacheWith({ redis, clock, marks: two })];
    const tenant = newTenant();
    const [key, late] = [newKey(cacheTwo), newKey(cacheTwo)];
    const answer = cachedAnswer({ labels: labelsOf(tenant), epoch: two.epoch, createdAt: clock.now() });
    await cacheTwo.put(key, answer);
    expect(await cacheOne.getL2(key)).toBeDefined();
    await one.invalidate({ tenant });
    expect(cacheOne.getL1(key)).toBeUndefined();
    await until(() => two.isVoid(answer));
    await cacheTwo.put(late, answer);
    for (const each of [key, late]) {
      expect(cacheTwo.getL1(each)).toBeUndefined();
      expect(await cacheTwo.getL2(each)).toBeUndefined();
    }
    await cacheTwo.put(late, { ...answer, epoch: two.epoch });
    expect(await cacheOne.getL2(late)).toBeDefined();
    expect(await cacheTwo.remove({ tenant })).toBe(2);
  });

  it('are known to a process that starts later', async () => {
    const { marks: one } = await startProcess();
    const tenant = newTenant();
    const answer = { epoch: one.epoch, labels: labelsOf(tenant) };
    await one.invalidate({ tenant });
    const { marks: late } = await startProcess();
    expect(late.current).toBe(true);
    expect(late.isVoid(answer)).toBe(true);
    expect(late.isVoid({ epoch: late.epoch, labels: labelsOf(tenant) })).toBe(false);
  });

  it('void what a process stores that has not heard of them yet, wherever it is read', async () => {
    const [{ marks: one }, { marks: two, connections }] = [await startProcess(), await startProcess()];
    const tenant = newTenant();
    connections.subscriber?.removeAllListeners('message'); // deaf from now on
    await one.invalidate({ tenant });
    const stored = { epoch: two.epoch, labels: labelsOf(tenant) };
    expect(two.isVoid(stored)).toBe(false);
    expect(one.isVoid(stored)).toBe(true);
  });

  it('that were missed while the subscription was broken are caught up with; until then nothing shared is trusted', async () => {
    const [{ marks: one }, { marks: two, connections }] = [await startProcess(), await startProcess()];
    const tenant = newTenant();
    const answer = { epoch: two.epoch, labels: labelsOf(tenant) };
    const { subscriber } = connections;
    if (!subscriber) throw new Error('no subscriber');
    const closed = once(subscriber, 'close');
    subscriber.disconnect(true);
    await closed;
    expect(two.current).toBe(false);
    await one.invalidate({ tenant });
    await until(() => two.current);
    expect(two.isVoid(answer)).toBe(true);
  });

  it('that are remembered from elsewhere hold at once, and are told to a Redis and to others that do not know them', async () => {
    const clock = new FakeClock();
    const [{ marks: one }, { marks: two }] = [await startProcess(), await startProcess(clock)];
    const tenant = newTenant();
    const answer = { epoch: one.epoch, labels: labelsOf(tenant) };
    two.remember({ tenant }, Math.max(one.epoch, two.epoch) + 5);
    expect([two.isVoid(answer), one.isVoid(answer)]).toEqual([true, false]);
    clock.advance(CHECK_EVERY_MS);
    await until(() => one.isVoid(answer));
    two.remember({}, two.epoch + 1); // names nothing
    expect(two.isVoid({ epoch: two.epoch, labels: labelsOf(newTenant()) })).toBe(false);
  });

  it('whose message got lost are found within five seconds', async () => {
    const clock = new FakeClock();
    const [{ marks: one }, { marks: deaf, connections }] = [await startProcess(), await startProcess(clock)];
    const tenant = newTenant();
    connections.subscriber?.removeAllListeners('message');
    const answer = { epoch: deaf.epoch, labels: labelsOf(tenant) };
    await one.invalidate({ tenant });
    expect(deaf.isVoid(answer)).toBe(false);
    clock.advance(CHECK_EVERY_MS);
    await until(() => deaf.isVoid(answer));
  });

  it('that no other process was told of are not called done, and a later one of another process is newer', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const { marks: one } = await startProcess();
    const tenant = newTenant();
    const ahead = new FakeClock(Date.now() + 86_400_000);
    const { marks: cut, connections } = await startProcess(ahead);
    await connections.onApplicationShutdown(); // the client for commands is gone as well
    const before = { epoch: cut.epoch, labels: labelsOf(tenant) };
    expect(await cut.invalidate({ tenant })).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(cut.isVoid(before)).toBe(true);
    expect(one.isVoid(before)).toBe(false);
    const after = { epoch: cut.epoch, labels: labelsOf(tenant) };
    expect(cut.isVoid(after)).toBe(false);
    await one.invalidate({ tenant });
    expect(one.isVoid(after)).toBe(true);
    warn.mockRestore();
  });
});
