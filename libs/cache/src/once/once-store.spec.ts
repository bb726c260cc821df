import { randomUUID } from 'node:crypto';
import { FakeClock, saySkipped } from '@relay/testing';
import { Redis } from 'ioredis';
import { MemoryOnceStore } from './memory-once.store';
import { packEntry, unpackEntry } from './once-entry';
import type { OnceStore } from './once-store.port';
import { RedisOnceStore } from './redis-once.store';

const redisUrl = process.env['TEST_REDIS_URL'] ?? '';
if (!redisUrl) saySkipped('idempotency keys of several processes, because TEST_REDIS_URL is not set');

const LONG_MS = 60_000;
const [ours, theirs, reply] = [Buffer.from([0, 255, 10]), Buffer.from('other'), Buffer.from('reply')];

/** What every store of replies under idempotency keys does. */
function holdsOnce(open: () => OnceStore): void {
  it('gives an id to the first who claims it, and everybody else what lies there', async () => {
    const [store, id] = [open(), randomUUID()];
    const claims = await Promise.all([store.claim(id, ours, LONG_MS), store.claim(id, theirs, LONG_MS)]);
    expect(claims).toEqual([null, ours]);
    await store.put(id, ours, reply, LONG_MS);
    expect(await store.claim(id, theirs, LONG_MS)).toEqual(reply);
  });

  it('gives it again once it was dropped, and to nobody while it is renewed', async () => {
    const [store, id] = [open(), randomUUID()];
    await store.claim(id, ours, LONG_MS);
    await store.renew(id, ours, LONG_MS);
    expect(await store.claim(id, theirs, LONG_MS)).toEqual(ours);
    await store.drop(id, ours);
    expect(await store.claim(id, theirs, LONG_MS)).toBeNull();
  });

  it('lets nobody drop, keep or overwrite what somebody else has claimed since', async () => {
    const [store, id] = [open(), randomUUID()];
    await store.claim(id, theirs, LONG_MS);
    await store.renew(id, ours, LONG_MS);
    await store.put(id, ours, reply, LONG_MS);
    await store.drop(id, ours);
    expect(await store.claim(id, ours, LONG_MS)).toEqual(theirs);
  });
}

describe('in memory', () => {
  const clock = new FakeClock();
  holdsOnce(() => new MemoryOnceStore(clock));

  it('is forgotten when its time is up', async () => {
    const store = new MemoryOnceStore(clock);
    await store.claim('id', ours, 1_000);
    clock.advance(1_000);
    expect(await store.claim('id', theirs, 1_000)).toBeNull();
  });
});

(redisUrl ? describe : describe.skip)('in Redis', () => {
  let redis: Redis;
  beforeAll(() => {
    redis = new Redis(redisUrl);
  });
  afterAll(() => redis.quit());
  holdsOnce(() => new RedisOnceStore(redis));

  it('adds up what somebody keeps', async () => {
    const [store, owner] = [new RedisOnceStore(redis), randomUUID()];
    expect([await store.charge(owner, 3), await store.charge(owner, 4)]).toEqual([3, 7]);
  });
});

it('reads what was written, bodies of any bytes, and nothing else', () => {
  const body = Buffer.from([10, 0, 255, 10]);
  const kept = { traceId: 't', model: 'm', provider: null, status: 200, contentType: 'audio/mpeg', body };
  const entry = { token: 't', fingerprint: 'f', reply: kept };
  expect(unpackEntry('id', packEntry('id', entry, null), null)).toEqual(entry);
  expect(unpackEntry('id', Buffer.from('no entry'), null)).toBeNull();
  expect(unpackEntry('id', Buffer.from('{"fingerprint":1}\n'), null)).toBeNull();
});
