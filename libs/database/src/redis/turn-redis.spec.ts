import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { saySkipped } from '@relay/testing';
import type { RedisOptions } from 'ioredis';
import { TurnRedis } from './turn-redis';

const redisUrl = process.env.TEST_REDIS_URL ?? '';
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('commands sent by turns, because TEST_REDIS_URL is not set');

const ANSWER_WITHIN_MS = 250;

/** Takes connections and says nothing. */
async function muteServer(): Promise<{ url: string; heard: (text: string) => Promise<void>; close: () => void }> {
  let said = '';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      said += bytes.toString();
      server.emit('heard');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const heard = async (text: string): Promise<void> => {
    while (!said.includes(text)) await once(server, 'heard');
  };
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, close: () => server.close() };
}

/** As long as a turn takes in which the process does something else. */
function keepBusy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describeRedis('commands sent by turns', () => {
  const clients: TurnRedis[] = [];
  const open = (url: string, options: RedisOptions): TurnRedis => {
    const redis = new TurnRedis(url, { maxRetriesPerRequest: 0, ...options });
    clients.push(redis);
    redis.on('error', () => undefined);
    return redis;
  };
  const client = async (commandTimeout = 5_000): Promise<TurnRedis> => {
    const redis = open(redisUrl, { commandTimeout });
    await redis.ping();
    await turn();
    return redis;
  };
  let key: string; // no other test has it

  beforeEach(() => (key = `relay-test:${randomUUID()}`));
  afterEach(async () => {
    for (const redis of clients) if (redis.status === 'ready') await redis.del(key).catch(() => undefined);
    for (const redis of clients.splice(0)) redis.disconnect();
  });

  it('go out together when the turn is over, in order, and get their own replies', async () => {
    const redis = await client();
    const replies = Array.from({ length: 50 }, () => redis.incr(key));
    expect(redis.stream.writableLength).toBeGreaterThan(0);
    await expect(Promise.all(replies)).resolves.toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  it('do not wait for what an earlier turn asked', async () => {
    const mute = await muteServer();
    const redis = open(mute.url, { enableReadyCheck: false, disableClientInfo: true });
    await once(redis, 'ready');
    const first = redis.get('first');
    await mute.heard('first');
    const second = redis.get('second');
    await mute.heard('second');
    redis.disconnect();
    for (const each of [first, second]) await expect(each).rejects.toThrow();
    mute.close();
  });

  it('are late only by the time that Redis took, not by that of the turn they were said in', async () => {
    const redis = await client(ANSWER_WITHIN_MS);
    const reply = redis.incr(key);
    keepBusy(2 * ANSWER_WITHIN_MS);
    await expect(reply).resolves.toBe(1);
  });

  it('fail when Redis takes too long', async () => {
    const mute = await muteServer();
    const options = { commandTimeout: 20, enableReadyCheck: false, disableClientInfo: true };
    const redis = open(mute.url, options);
    await once(redis, 'ready');
    await expect(redis.get(key)).rejects.toThrow('Command timed out');
    await expect(redis.pipeline().get(key).exec()).resolves.toEqual([
      [expect.objectContaining({ message: 'Command timed out' }), undefined],
    ]);
    redis.disconnect();
    mute.close();
  });

  it('leave no timer behind where they are refused because the connection is not ready yet', async () => {
    const mute = await muteServer();
    const redis = open(mute.url, { commandTimeout: 30_000, enableOfflineQueue: false, disableClientInfo: true });
    await mute.heard('info'); // what it asks before it is ready
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    for (let i = 0; i < 10; i++) await expect(redis.get(key)).rejects.toThrow('enableOfflineQueue');
    await turn();
    expect(timers()).toBeLessThan(before + 10);
    redis.disconnect();
    mute.close();
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
    await once(redis, 'ready');
    await expect(Promise.all([redis.set(key, 'a'), redis.get(key)])).resolves.toEqual(['OK', 'a']);
  });
});
