import { randomUUID } from 'node:crypto';
import { saySkipped } from '@relay/testing';
import { FakeClock } from '@relay/testing';
import { Redis } from 'ioredis';
import { describeRateStore } from '../../test/rate-store.contract';
import { channelOfAll } from '../adapters/bus-channel';
import { MemoryRateStore } from './adapters/memory-rate-store';
import { RedisRateStore } from './adapters/redis-rate-store';

const redisUrl = process.env.TEST_REDIS_URL;
const OTHER_DATABASE = 15; // nothing is written there
if (!redisUrl) saySkipped('rate limits in Redis, because TEST_REDIS_URL is not set');

describeRateStore('windows in memory', () => new MemoryRateStore(new FakeClock()));

(redisUrl ? describe : describe.skip)('with a Redis', () => {
  let first: Redis;
  let second: Redis;
  beforeAll(() => {
    first = new Redis(redisUrl ?? '');
    second = new Redis(redisUrl ?? '');
  });
  afterAll(() => Promise.all([first.quit(), second.quit()]));

  describeRateStore('windows in Redis', () => new RedisRateStore(first, `test-${randomUUID()}`));

  it('1,000 requests at once on two connections are granted exactly as often as the limit says', async () => {
    const namespace = `test-${randomUUID()}`;
    const stores = [first, second].map((redis) => new RedisRateStore(redis, namespace));
    const scopes = [{ kind: 'tenant', id: 'acme', limits: { requests: 137, tokens: 100_000 } }] as const;
    const asked = Array.from({ length: 1_000 }, async (_, i) =>
      stores[i % 2]?.reserve(scopes, { requests: 1, tokens: 3 }),
    );
    const granted = (await Promise.all(asked)).filter((verdict) => verdict?.granted);
    expect(granted).toHaveLength(137);
  });

  it('counts for 60 s on the clock of the server, and no longer', async () => {
    const namespace = `test-${randomUUID()}`;
    const store = new RedisRateStore(first, namespace);
    const scopes = [{ kind: 'tenant', id: 'acme', limits: { requests: 10 } }] as const;
    const [seconds] = await first.time();
    const window = `{${namespace}:rates}:tenant:acme`;
    const ago = (age: number): string => `r${Number(seconds) - age}`;
    const from = Number(seconds) - 70;
    await first.hset(window, { from, r: 109, rl: Number(seconds) - 20, [ago(70)]: 100, [ago(30)]: 4, [ago(20)]: 5 });
    const verdict = await store.reserve(scopes, { requests: 1, tokens: 0 });
    expect(verdict).toMatchObject({ granted: true, standings: [{ requests: { remaining: 0 } }] });
    const refused = await store.reserve(scopes, { requests: 1, tokens: 0 });
    const waitMs = refused.granted ? null : refused.refusal.waitMs;
    expect(waitMs).toBeGreaterThan(28_000); // the four of 30 s ago go first
    expect(waitMs).toBeLessThanOrEqual(31_000);
    expect(await first.pttl(window)).toBeLessThanOrEqual(62_000);
  });

  it('knows how many processes listen, those of another relay on the same server left out', async () => {
    const namespace = `test-${randomUUID()}`;
    const store = new RedisRateStore(second, namespace);
    const listener = first.duplicate();
    await listener.subscribe(channelOfAll(first, namespace));
    const other = first.duplicate();
    await other.subscribe(channelOfAll(first, namespace));
    const elsewhere = first.duplicate({ db: OTHER_DATABASE });
    await elsewhere.subscribe(channelOfAll(elsewhere, namespace));
    await store.reserve([{ kind: 'tenant', id: 'acme', limits: { requests: 1 } }], { requests: 1, tokens: 0 });
    expect(store.processes).toBe(2);
    await Promise.all([listener, other, elsewhere].map((each) => each.quit()));
  });
});
