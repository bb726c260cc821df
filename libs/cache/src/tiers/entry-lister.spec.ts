import { randomUUID } from 'node:crypto';
import { FakeClock, saySkipped } from '@relay/testing';
import { Redis } from 'ioredis';
import { EntryLister } from './entry-lister';

const redisUrl = process.env.TEST_REDIS_URL;
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('lists of entries in Redis, because TEST_REDIS_URL is not set');

describeRedis('the lists of entries', () => {
  const redis = new Redis(redisUrl ?? '', { lazyConnect: true });
  const clock = new FakeClock();
  let all: string;
  let tenant: string;
  let lister: EntryLister;

  beforeAll(() => redis.ping());
  beforeEach(() => {
    const id = randomUUID();
    all = `relay:test:{all-${id}}`;
    tenant = `relay:test:{tenant-${id}}`;
    lister = new EntryLister(redis, clock);
  });
  afterEach(() => redis.del(all).then(() => redis.del(tenant)));
  afterAll(() => redis.disconnect());

  const keys = Array.from({ length: 100 }, (_, i) => `key-${String(i).padStart(2, '0')}`);

  it('hold every entry with its end, whether it came by itself or with others', async () => {
    const now = clock.now();
    await Promise.all(keys.map((key, i) => lister.add(key, i % 2 ? [all, tenant] : [all], now + 1_000 + i)));
    await lister.add('by itself', [tenant], now + 500);
    const listed = await redis.zrange(all, 0, -1, 'WITHSCORES');
    expect(listed).toEqual(keys.flatMap((key, i) => [key, String(now + 1_000 + i)]));
    expect(await redis.zrange(tenant, 0, -1)).toEqual(['by itself', ...keys.filter((_, i) => i % 2)]);
  });

  it('are told at once of the first, and of what comes until Redis has answered with one command each', async () => {
    const answers: (() => void)[] = [];
    const sent = jest
      .spyOn(redis, 'evalsha')
      .mockImplementation(() => new Promise((resolve) => answers.push(() => resolve(null))));
    const told: string[] = [];
    const add = (key: string): unknown =>
      lister.add(key, [all, tenant], clock.now() + 1_000).then(() => told.push(key));
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const keysOf = (call: unknown[]): unknown[] => call.filter((arg) => keys.includes(String(arg)));
    try {
      add(keys[0] as string);
      await turn();
      expect(sent.mock.calls.map(keysOf)).toEqual([[keys[0]], [keys[0]]]);
      for (const key of keys.slice(1)) add(key);
      answers[0]?.();
      await turn();
      expect([sent.mock.calls.length, told]).toEqual([2, []]);
      answers[1]?.();
      await turn();
      expect(told).toEqual([keys[0]]);
      expect(sent.mock.calls.slice(2).map(keysOf)).toEqual([keys.slice(1), keys.slice(1)]);
      answers.slice(2).forEach((answer) => answer());
      await turn();
      expect(told).toEqual(keys);
    } finally {
      sent.mockRestore();
    }
  });

  it('go with the last of their entries, and lose those that are over', async () => {
    const now = clock.now();
    await Promise.all([lister.add('long', [all], now + 60_000), lister.add('short', [all], now + 1_000)]);
    expect(await redis.pttl(all)).toBeGreaterThan(50_000);
    clock.advance(2_000);
    await lister.add('next', [all], now + 5_000);
    expect(await redis.zrange(all, 0, -1)).toEqual(['next', 'long']);
  });

  it('fail only whom they concern, and go on', async () => {
    await redis.set(tenant, 'no list');
    const now = clock.now();
    const adding = keys.map((key, i) => lister.add(key, i === 7 ? [all, tenant] : [all], now + 1_000));
    const answers = await Promise.allSettled(adding);
    expect(answers.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual([7]);
    expect(await redis.zcard(all)).toBe(keys.length);
  });
});
