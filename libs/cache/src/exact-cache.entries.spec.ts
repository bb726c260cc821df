import { FakeClock, saySkipped } from '@relay/testing';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { cachedAnswer } from '../test/cached-answer.builder';
import { cacheWith, localMarks, newKey } from '../test/exact-cache.harness';
import type { CachedAnswer } from './domain/cached-answer';
import type { ExactEntry } from './domain/exact-entry';
import { labelsOf } from './domain/labels';
import type { ExactCache } from './exact-cache.service';

const redisUrl = process.env['TEST_REDIS_URL'] ?? '';
if (!redisUrl) saySkipped('lists and removal of what is in Redis, because TEST_REDIS_URL is not set');

const MINUTE_MS = 60_000;
const clock = new FakeClock(Date.now());

interface Kind {
  readonly tenant?: string;
  readonly model?: string;
  readonly tags?: readonly string[];
  readonly ttlMs?: number;
}

/** Stores an answer at a key of its own and gives the key. */
async function store(cache: ExactCache, { tenant = 'acme', model = 'm', tags = [], ttlMs = MINUTE_MS }: Kind) {
  const key = newKey(cache);
  const names = { tenantId: tenant, owner: `t:${tenant}`, requestedModel: model, servedModel: model };
  const labels = labelsOf({ ...names, tags, version: '1', key });
  await cache.put(key, answerOf(labels, ttlMs));
  return key;
}

const answerOf = (labels: readonly string[], ttlMs: number): CachedAnswer =>
  cachedAnswer({ labels, createdAt: clock.now(), expiresAt: clock.now() + ttlMs });

async function list(cache: ExactCache, labels: readonly string[], limit = 100, cursor: string | null = null) {
  const page = await cache.entries({ labels, limit, cursor });
  if (!page.ok) throw page.error;
  return page.value;
}

async function allPages(cache: ExactCache, labels: readonly string[], limit: number): Promise<ExactEntry[]> {
  const entries: ExactEntry[] = [];
  let cursor: string | null = null;
  do {
    const page = await list(cache, labels, limit, cursor);
    entries.push(...page.entries);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return entries;
}

const keysOf = (entries: readonly ExactEntry[]): string[] => entries.map(({ key }) => key);

const tiers = [['memory', ''], ...(redisUrl ? [['Redis', redisUrl]] : [])] as [string, string][];

describe.each(tiers)('entries in %s', (_name, url) => {
  const redis = url ? new Redis(url, { lazyConnect: true }) : null;
  let cache: ExactCache;
  let tenant: string; // no other test has it

  beforeAll(async () => {
    await redis?.ping();
  });
  beforeEach(() => {
    cache = cacheWith({ redis, clock });
    tenant = randomUUID();
  });
  afterEach(async () => {
    await cache.remove({ tenant });
  });
  afterAll(() => {
    redis?.disconnect();
  });

  it('are listed page by page, latest to expire first, each once', async () => {
    const keys: string[] = [];
    for (let i = 0; i < 7; i++) keys.push(await store(cache, { tenant, ttlMs: MINUTE_MS + (i - (i % 2)) * 1_000 }));
    const listed = keysOf(await allPages(cache, [`tenant:${tenant}`], 2));
    expect(listed).toEqual(keysOf(await allPages(cache, [`tenant:${tenant}`], 100)));
    expect([...listed].sort()).toEqual([...keys].sort());
    const ends = listed.map((key) => keys.indexOf(key)).map((i) => i - (i % 2));
    expect(ends).toEqual([...ends].sort((a, b) => b - a));
  });

  it('show what they are', async () => {
    const key = await store(cache, { tenant, model: 'small', tags: ['faq', 'eu'] });
    expect((await list(cache, [`tenant:${tenant}`])).entries).toEqual([
      {
        key,
        tenant,
        owner: `t:${tenant}`,
        model: 'small',
        version: '1',
        tags: ['faq', 'eu'],
        status: 200,
        servedModel: 'small',
        provider: 'mock',
        sourceTraceId: 'trace-1',
        createdAt: clock.now(),
        expiresAt: clock.now() + MINUTE_MS,
        bytes: cachedAnswer().body.length,
        costUsd: '0.000001',
      },
    ]);
  });

  it('are chosen by all labels together', async () => {
    const both = await store(cache, { tenant, tags: ['x'] });
    await store(cache, { tenant });
    await store(cache, { tenant: randomUUID(), tags: ['x'] });
    expect(keysOf((await list(cache, [`tenant:${tenant}`, 'tag:x'])).entries)).toEqual([both]);
    expect(keysOf((await list(cache, [])).entries)).toContain(both);
    expect((await list(cache, [`tenant:${tenant}`, 'tag:none'])).entries).toEqual([]);
  });

  it('are found by their key, for their tenant only', async () => {
    const key = await store(cache, { tenant });
    await store(cache, { tenant });
    expect(keysOf((await list(cache, [`key:${key}`], 1)).entries)).toEqual([key]);
    expect(keysOf((await list(cache, [`key:${key}`, `tenant:${tenant}`], 1)).entries)).toEqual([key]);
    expect((await list(cache, [`key:${key}`, 'tenant:globex'], 1)).entries).toEqual([]);
    expect((await list(cache, [`key:${'0'.repeat(64)}`], 1)).entries).toEqual([]);
  });

  it('stored anew for another tenant of the group are no longer listed for the first', async () => {
    const key = newKey(cache);
    await cache.put(key, answerOf(['tenant:other', `tenant:${tenant}`, `key:${key}`], MINUTE_MS));
    await cache.put(key, answerOf(['tenant:other', `key:${key}`], MINUTE_MS));
    expect((await list(cache, [`tenant:${tenant}`])).entries).toEqual([]);
    await cache.remove({ key });
  });

  it('refuse a cursor of another list', async () => {
    const refusal = { ok: false, error: { code: 'invalid_request' } };
    expect(await cache.entries({ labels: [], limit: 1, cursor: 'x' })).toMatchObject(refusal);
  });

  it('go by tenant, model, tag and version together; what does not fit stays', async () => {
    const gone = await store(cache, { tenant, model: 'a', tags: ['x'] });
    const stays = [await store(cache, { tenant, model: 'b', tags: ['x'] }), await store(cache, { tenant, model: 'a' })];
    const counted = await cache.count({ tenant });
    expect(counted).toMatchObject({ total: 3, redis: url ? { count: 3, atLeast: false } : null });
    expect((await cache.count({ tenant, model: 'a', tag: 'x', version: '1' })).total).toBe(1);
    expect((await cache.count({ tenant: 'nobody' })).total).toBe(0);
    expect(await cache.remove({ tenant, model: 'a', tag: 'x', version: '2' })).toBe(0);
    expect(await cache.remove({ tenant, model: 'a', tag: 'x', version: '1' })).toBe(1);
    expect(cache.getL1(gone) ?? (await cache.getL2(gone))).toBeUndefined();
    for (const key of stays) expect(cache.getL1(key)).toBeDefined();
    expect(keysOf((await list(cache, [`tenant:${tenant}`])).entries).sort()).toEqual(stays.sort());
    expect(await cache.remove({ tenant })).toBe(2);
    expect(await cache.remove({ tenant })).toBe(0);
  });

  it('go by key, for their tenant only', async () => {
    const key = await store(cache, { tenant });
    expect(await cache.remove({ key, tenant: 'globex' })).toBe(0);
    expect(cache.getL1(key)).toBeDefined();
    expect(await cache.remove({ entry: key, tenant })).toBe(1);
    expect(cache.getL1(key) ?? (await cache.getL2(key))).toBeUndefined();
    expect(await cache.remove({})).toBe(0);
  });

  it('go in any number, each counted once', async () => {
    const count = 1_200;
    for (let i = 0; i < count; i += 400) {
      await Promise.all(Array.from({ length: 400 }, () => store(cache, { tenant, tags: ['many'] })));
    }
    expect(await cache.remove({ tenant, tag: 'many' })).toBe(count);
    expect((await list(cache, [`tenant:${tenant}`])).entries).toEqual([]);
  });

  it('are not stored when they were invalidated while they were made', async () => {
    const marks = localMarks(clock);
    cache = cacheWith({ redis, clock, marks });
    await marks.invalidate({ tenant }); // the answers of `store` began before
    const key = await store(cache, { tenant });
    expect(cache.getL1(key) ?? (await cache.getL2(key))).toBeUndefined();
    expect(await cache.remove({ tenant })).toBe(0);
  });
});

const describeRedis = redisUrl ? describe : describe.skip;

describeRedis('entries in Redis that several processes share', () => {
  const redis = new Redis(redisUrl, { lazyConnect: true });
  const tenant = randomUUID();
  const index = `relay:cache:index:{tenant:${tenant}}`;

  beforeAll(async () => {
    await redis.ping();
  });
  afterEach(async () => {
    await cacheWith({ redis, clock }).remove({ tenant });
  });
  afterAll(() => {
    redis.disconnect();
  });

  it('are removed by any of them, whoever stored them', async () => {
    const [one, two] = [cacheWith({ redis, clock }), cacheWith({ redis, clock })];
    const key = await store(one, { tenant });
    expect(await two.remove({ tenant })).toBe(1);
    expect(await two.getL2(key)).toBeUndefined();
    expect(await one.remove({ tenant })).toBe(1); // its own copy
  });

  it('go where they are void or unreadable, while what was stored since then stays', async () => {
    const marks = localMarks(clock);
    const [one, two] = [cacheWith({ redis, clock }), cacheWith({ redis, clock, marks })];
    const old = await Promise.all(Array.from({ length: 20 }, () => store(one, { tenant })));
    await redis.set(`relay:cache:{${old[0] ?? ''}}`, 'garbage');
    const voided = await marks.invalidate({ tenant });
    const [key, theirs] = [newKey(one), await store(one, { tenant: 'another', tags: [tenant] })];
    const fresh = { ...answerOf([`tenant:${tenant}`, `key:${key}`], MINUTE_MS), epoch: voided.ok ? voided.value : 0 };
    await one.put(key, fresh);
    expect(two.forget({ tenant })).toBe(0); // nothing that is gone for good
    const removed: number[] = [];
    for await (const count of two.removeVoid({ tenant })) removed.push(count);
    expect(removed.reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(await redis.exists(...old.map((each) => `relay:cache:{${each}}`))).toBe(0);
    expect(await redis.exists(`relay:cache:{${key}}`, `relay:cache:{${theirs}}`)).toBe(2);
    expect(keysOf((await list(two, [`tenant:${tenant}`])).entries)).toEqual([key]);
    const unsure = localMarks(clock);
    jest.spyOn(unsure, 'current', 'get').mockReturnValue(false);
    await expect(cacheWith({ redis, clock, marks: unsure }).removeVoid({ tenant }).next()).rejects.toThrow('marks');
    await one.remove({ tag: tenant });
  });

  it('are misses once they are invalidated, and while it is not known whether they are', async () => {
    const marks = localMarks(clock);
    const [one, two] = [cacheWith({ redis, clock }), cacheWith({ redis, clock, marks })];
    const key = await store(one, { tenant });
    await marks.invalidate({ tenant });
    expect(await two.getL2(key)).toBeUndefined();
    expect(two.stats()).toMatchObject({ l2: { voided: 1, failures: 0 } });
    const unsure = localMarks(clock);
    Object.defineProperty(unsure, 'current', { value: false });
    const three = cacheWith({ redis, clock, marks: unsure });
    expect(await three.getL2(key)).toBeUndefined();
    expect(three.stats()).toMatchObject({ l2: { failures: 1 } });
  });

  it('live as long as they may be served stale', async () => {
    const cache = cacheWith({ redis, clock });
    const key = newKey(cache);
    const [expiresAt, staleUntil] = [clock.now() + 1_000, clock.now() + MINUTE_MS];
    await cache.put(key, cachedAnswer({ labels: [`tenant:${tenant}`], expiresAt, staleUntil }));
    expect(await redis.pttl(`relay:cache:{${key}}`)).toBeGreaterThan(MINUTE_MS / 2);
    expect(await cacheWith({ redis, clock }).getL2(key)).toMatchObject({ expiresAt, staleUntil });
  });

  it('are forgotten by the lists when they expire, and an unused list goes by itself', async () => {
    const early = cacheWith({ redis, clock });
    await store(early, { tenant });
    expect(await redis.pttl(index)).toBeGreaterThan(MINUTE_MS / 2);
    expect(await redis.pttl(index)).toBeLessThanOrEqual(MINUTE_MS);
    const later = new FakeClock(clock.now() + MINUTE_MS);
    const key = newKey(early);
    const answer = cachedAnswer({ labels: [`tenant:${tenant}`], expiresAt: later.now() + 1_000 });
    await cacheWith({ redis, clock: later }).put(key, answer);
    expect(await redis.zrange(index, 0, -1)).toEqual([key]);
    expect(await redis.pttl(index)).toBeGreaterThan(MINUTE_MS / 2); // a short-lived one does not cut it short
  });

  it('that are gone, garbage or of another type are left out of the list', async () => {
    const cache = cacheWith({ redis, clock });
    const [gone, garbage, text, good] = [
      await store(cache, { tenant }),
      await store(cache, { tenant }),
      await store(cache, { tenant }),
      await store(cache, { tenant }),
    ];
    await redis.del(`relay:cache:{${gone}}`, `relay:cache:{${garbage}}`);
    await redis.lpush(`relay:cache:{${garbage}}`, 'a list');
    await redis.set(`relay:cache:{${text}}`, 'a text');
    expect(keysOf((await list(cache, [`tenant:${tenant}`])).entries)).toEqual([good]);
  });

  it('are stored even if their list is not one', async () => {
    await redis.set(index, 'a text');
    const cache = cacheWith({ redis, clock });
    const key = await store(cache, { tenant });
    expect(await cacheWith({ redis, clock }).getL2(key)).toBeDefined();
    expect(cache.stats()).toMatchObject({ l2: { writes: 1, writeFailures: 0, unlisted: 1 } });
    await redis.del(index);
  });
});
