import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { saySkipped } from '@relay/testing';
import { TurnRedis } from './turn-redis';

const redisUrl = process.env.TEST_REDIS_URL ?? '';
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('commands sent by turns, because TEST_REDIS_URL is not set');

describeRedis('commands sent by turns', () => {
  const clients: TurnRedis[] = [];
  const client = async (): Promise<TurnRedis> => {
    const redis = new TurnRedis(redisUrl, { commandTimeout: 5_000, maxRetriesPerRequest: 0 });
    clients.push(redis);
    await redis.ping();
    await turn();
    return redis;
  };
  let key: string; // no other test has it

  beforeEach(() => (key = `relay-test:${randomUUID()}`));
  afterEach(async () => {
    await clients[0]?.del(key);
    for (const redis of clients.splice(0)) redis.disconnect();
  });

  it('go out together when the turn is over, in order, and get their own replies', async () => {
    const redis = await client();
    const replies = Array.from({ length: 50 }, () => redis.incr(key));
    expect(redis.stream.writableLength).toBeGreaterThan(0);
    await turn();
    await turn();
    expect(redis.stream.writableLength).toBe(0);
    await expect(Promise.all(replies)).resolves.toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  it('do not wait for what an earlier turn asked', async () => {
    const [redis, other] = [await client(), await client()];
    const first = redis.blpop(key, 5);
    await turn();
    const second = redis.get(`${key}:other`);
    await turn();
    await turn();
    expect(redis.stream.writableLength).toBe(0); // both are with Redis, which has answered neither
    await other.lpush(key, 'come');
    await expect(Promise.all([first, second])).resolves.toEqual([[key, 'come'], null]);
  });

  it('keep their order with pipelines and transactions, which write by themselves', async () => {
    const redis = await client();
    const replies = [
      redis.incr(key),
      redis.multi().incr(key).incr(key).exec(),
      redis.incr(key),
      redis.pipeline().incr(key).exec(),
    ];
    await expect(Promise.all(replies)).resolves.toEqual([
      1,
      [
        [null, 2],
        [null, 3],
      ],
      4,
      [[null, 5]],
    ]);
  });

  it('work on a new connection after the old one was cut in the middle of a turn', async () => {
    const redis = await client();
    const lost = redis.incr(key);
    redis.stream.destroy();
    await expect(lost).rejects.toThrow();
    await new Promise((resolve) => redis.once('ready', resolve));
    await expect(Promise.all([redis.set(key, 'a'), redis.get(key)])).resolves.toEqual(['OK', 'a']);
  });
});
