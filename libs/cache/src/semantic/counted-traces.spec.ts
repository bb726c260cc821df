import { saySkipped } from '@relay/testing';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { CountedTraces } from './counted-traces';

const redisUrl = process.env['TEST_REDIS_URL'] ?? '';
if (!redisUrl) saySkipped('complaints that all processes remember, because TEST_REDIS_URL is not set');

(redisUrl ? describe : describe.skip)('a complaint that has counted', () => {
  it('is known to all processes, and while Redis is away to the one that took it', async () => {
    const redis = new Redis(redisUrl, { enableOfflineQueue: false, lazyConnect: true });
    await redis.connect();
    const [one, two] = [new CountedTraces(redis), new CountedTraces(redis)];
    const trace = randomUUID();
    expect(await two.has(trace)).toBe(false);
    await one.note(trace);
    expect(await two.has(trace)).toBe(true);
    await redis.del(`relay:cache:complained:${trace}`);
    redis.disconnect();
    await two.note('another');
    expect([await one.has(trace), await two.has(trace), await two.has('another')]).toEqual([true, false, true]);
  });
});
