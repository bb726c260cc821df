import { Logger } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import type { ChatCompletionRequest } from '@relay/contracts';
import { FakeClock, saySkipped } from '@relay/testing';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { cachedAnswer } from '../test/cached-answer.builder';
import { SCOPE, cacheWith, configWith, newKey } from '../test/exact-cache.harness';
import type { CachedAnswer } from './domain/cached-answer';
import type { ExactCache } from './exact-cache.service';
import { EntryCodec } from './tiers/entry-codec';

const redisUrl = process.env['TEST_REDIS_URL'];
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('the second cache tier, because TEST_REDIS_URL is not set');

const MINUTE_MS = 60_000;
const LOOKUP_TIMEOUT_MS = 50;
const PAUSE_MS = 1_000;
const SECRET = '0123456789abcdef0123456789abcdef';
const body = Buffer.from('{"id":"chatcmpl-1"}');

function answerAt(clock: FakeClock, content = body, ttlMs = MINUTE_MS): CachedAnswer {
  return cachedAnswer({ body: content, createdAt: clock.now(), expiresAt: clock.now() + ttlMs });
}

describe('the exact cache without Redis', () => {
  const clock = new FakeClock();

  it('answers from memory, byte by byte, and has no second tier', async () => {
    const cache = cacheWith({ clock });
    const key = newKey(cache);
    expect(cache.getL1(key)).toBeUndefined();
    void cache.put(key, answerAt(clock));
    expect(cache.getL1(key)?.body.equals(body)).toBe(true);
    expect(cache.hasL2).toBe(false);
    expect(await cache.getL2(key)).toBeUndefined();
    expect(cache.stats()).toMatchObject({ l1: { hits: 1, misses: 1 }, l2: null });
  });

  it('follows the configuration without a restart', () => {
    const store = new ConfigStore(configWith({ maxEntryBytes: body.length }), 'relay.yaml');
    const cache = cacheWith({ clock, store });
    const key = newKey(cache);
    void cache.put(key, answerAt(clock));
    expect(cache.getL1(key)).toBeDefined();
    store.replace(configWith({ maxEntryBytes: body.length - 1, l1: { maxBytes: 100 } }));
    expect(cache.getL1(key)).toBeUndefined();
    void cache.put(key, answerAt(clock));
    expect(cache.stats()).toMatchObject({ tooLarge: 1, l1: { entries: 0, maxBytes: 100 } });
  });

  it('gives a request that is nested too deep no key', () => {
    const cache = cacheWith({ clock });
    const levels = 200_000;
    const deep: unknown = JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    const request: ChatCompletionRequest = { model: 'm', messages: [{ role: 'user' }], deep };
    expect(cache.key(SCOPE, request)).toBeNull();
  });

  it('gives a request with a number that parsing has changed no key', () => {
    const asked = (id: string) => JSON.parse(`{"model":"m","messages":[],"id":${id}}`) as ChatCompletionRequest;
    const cache = cacheWith({ clock });
    expect(cache.key(SCOPE, asked('9007199254740993'))).toBeNull();
    expect(cache.key(SCOPE, asked('9007199254740991'))).toMatch(/^[0-9a-f]{64}$/);
  });
});

describeRedis('the exact cache with Redis', () => {
  const clock = new FakeClock(Date.now());
  const redis = new Redis(redisUrl ?? '', { lazyConnect: true }); // the body of a skipped suite runs as well
  const used: string[] = [];
  const redisKey = (key: string): string => `relay:cache:{${key}}`;

  function keyFor(cache: ExactCache): string {
    const key = newKey(cache);
    used.push(redisKey(key));
    return key;
  }

  beforeAll(async () => {
    await redis.ping();
  });

  afterAll(async () => {
    for (const key of used) await redis.del(key);
    redis.disconnect();
  });

  it.each([
    ['plain', undefined, body],
    ['encrypted', SECRET, body],
    ['compressed', undefined, Buffer.from(JSON.stringify('passed on '.repeat(1_000)))],
    ['compressed and encrypted', SECRET, Buffer.from(JSON.stringify('passed on '.repeat(1_000)))],
  ])('shares answers between processes, %s', async (_name, secret, content) => {
    const [one, two] = [cacheWith({ redis, clock, secret }), cacheWith({ redis, clock, secret })];
    const key = keyFor(one);
    const answer = answerAt(clock, content);
    await one.put(key, answer);
    expect(two.getL1(key)).toBeUndefined();
    expect(await two.getL2(key)).toEqual(answer);
    expect(two.getL1(key)).toEqual(answer);
    expect(two.stats()).toMatchObject({ l2: { hits: 1, misses: 0, failures: 0 } });
  });

  it('finds in Redis what is on its way there', async () => {
    const cache = cacheWith({ redis, clock });
    const key = keyFor(cache);
    void cache.put(key, answerAt(clock, Buffer.from(JSON.stringify('compressed first '.repeat(10_000)))));
    expect(await cache.getL2(key)).toBeDefined();
    expect(cache.stats()).toMatchObject({ l2: { hits: 1, misses: 0 } });
  });

  it('puts nothing from there over a younger answer that came meanwhile', async () => {
    const [one, two] = [cacheWith({ redis, clock }), cacheWith({ redis, clock })];
    const key = keyFor(one);
    await one.put(key, answerAt(clock));
    const finding = two.getL2(key);
    const younger = { ...answerAt(clock), createdAt: clock.now() + 1, sourceTraceId: 'younger' };
    void two.put(key, younger);
    expect(await finding).toBeDefined();
    expect(two.getL1(key)?.sourceTraceId).toBe('younger');
    await two.getL2(key); // what it writes itself comes first
  });

  it('waits for what takes longer to unpack than Redis may take', async () => {
    const [one, two] = [cacheWith({ redis, clock }), cacheWith({ redis, clock })];
    const key = keyFor(one);
    await one.put(key, answerAt(clock));
    const decode = EntryCodec.prototype.decode;
    jest.spyOn(EntryCodec.prototype, 'decode').mockImplementationOnce(function (this: EntryCodec, ...args) {
      clock.advance(LOOKUP_TIMEOUT_MS + 1);
      return decode.apply(this, args);
    });
    expect(await two.getL2(key)).toBeDefined();
    expect(two.stats()).toMatchObject({ l2: { hits: 1, failures: 0 } });
  });

  it('lets Redis forget an answer when it expires', async () => {
    const cache = cacheWith({ redis, clock });
    const key = keyFor(cache);
    await cache.put(key, answerAt(clock, body, MINUTE_MS));
    const ttlMs = await redis.pttl(redisKey(key));
    expect(ttlMs).toBeGreaterThan(MINUTE_MS / 2);
    expect(ttlMs).toBeLessThanOrEqual(MINUTE_MS);
  });

  it('does not serve what has expired by its own clock', async () => {
    const ahead = new FakeClock(clock.now() + MINUTE_MS);
    const [one, late] = [cacheWith({ redis, clock }), cacheWith({ redis, clock: ahead })];
    const key = keyFor(one);
    await one.put(key, answerAt(clock));
    expect(await late.getL2(key)).toBeUndefined();
  });

  it('misses on what another secret wrote, and on garbage', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementationOnce(() => undefined);
    const [one, two] = [cacheWith({ redis, clock, secret: SECRET }), cacheWith({ redis, clock, secret: `${SECRET}!` })];
    const key = keyFor(one);
    await one.put(key, answerAt(clock));
    expect(await two.getL2(key)).toBeUndefined();
    await redis.set(redisKey(key), 'garbage');
    expect(await one.getL2(key)).toBeUndefined();
    await redis.del(redisKey(key));
    await redis.lpush(redisKey(key), 'a list');
    expect(await one.getL2(key)).toBeUndefined();
    expect(two.stats()).toMatchObject({ l2: { unreadable: 1 } });
    expect(one.stats()).toMatchObject({ l2: { unreadable: 1, failures: 1 } });
  });
});

const OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

/** A Redis that is full: it reads and refuses to write. */
function fullRedis(sockets: Set<Socket>): Server {
  return createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (bytes) => {
      for (const [, name = ''] of bytes.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n([a-z]+)\r\n/gi)) {
        socket.write(/^(set|eval)$/i.test(name) ? OOM : /^get$/i.test(name) ? '$-1\r\n' : '+OK\r\n');
      }
    });
  });
}

/** A Redis that greets but never answers GET or SET. */
function hangingRedis(sockets: Set<Socket>): Server {
  return createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (bytes) => {
      const text = bytes.toString();
      if (/\r\n(get|set)\r\n/i.test(text)) return;
      socket.write('+OK\r\n'.repeat(text.match(/^\*/gm)?.length ?? 0));
    });
  });
}

async function connectTo(server: Server, clients: Redis[]): Promise<Redis> {
  const { port } = server.address() as AddressInfo;
  const redis = new Redis(port, '127.0.0.1', { enableReadyCheck: false });
  clients.push(redis.on('error', () => undefined));
  await once(redis, 'ready');
  return redis;
}

describe('the exact cache when Redis is in trouble', () => {
  const clock = new FakeClock(Date.now());
  const sockets = new Set<Socket>();
  const clients: Redis[] = [];
  const hanging = hangingRedis(sockets);
  const full = fullRedis(sockets);
  let warn: jest.SpyInstance;

  beforeAll(async () => {
    for (const server of [hanging, full]) await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  beforeEach(() => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  });

  afterEach(() => {
    jest.restoreAllMocks();
    for (const client of clients.splice(0)) client.disconnect();
  });

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    hanging.close();
    full.close();
  });

  it('misses at once while there is no connection, and stores in memory all the same', async () => {
    const redis = new Redis({ lazyConnect: true });
    const cache = cacheWith({ redis, clock });
    const key = newKey(cache);
    expect(await cache.getL2(key)).toBeUndefined();
    void cache.put(key, answerAt(clock));
    expect(cache.getL1(key)).toBeDefined();
    expect(cache.stats()).toMatchObject({ l2: { failures: 1, writeFailures: 1, pendingWrites: 0 } });
    expect(redis.status).toBe('wait');
  });

  it('waits 50 ms for one that hangs, then leaves it alone for a second, and says so once', async () => {
    const redis = await connectTo(hanging, clients);
    const cache = cacheWith({ redis, clock });
    const key = newKey(cache);
    for (let i = 0; i < 3; i++) {
      const lookup = cache.getL2(key);
      clock.advance(LOOKUP_TIMEOUT_MS);
      expect(await lookup).toBeUndefined();
    }
    expect(await cache.getL2(key)).toBeUndefined(); // no time passes
    expect(cache.stats()).toMatchObject({ l2: { failures: 4 } });
    clock.advance(PAUSE_MS);
    const retried = cache.getL2(key);
    expect(clock.pending).toBe(1); // it waits again
    clock.advance(LOOKUP_TIMEOUT_MS);
    expect(await retried).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('never holds more unwritten bytes than allowed', async () => {
    const redis = await connectTo(hanging, clients);
    const cache = cacheWith({ redis, clock });
    const large = answerAt(clock, Buffer.alloc(4_000_000));
    const puts = Array.from({ length: 20 }, () => cache.put(newKey(cache), large));
    expect(cache.stats()).toMatchObject({ l2: { pendingWrites: 8, writeFailures: 12 } });
    redis.disconnect();
    await Promise.all(puts);
    expect(cache.stats()).toMatchObject({ l2: { writeFailures: 20 } });
    while (cache.stats().l2?.pendingWrites !== 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('goes on to look up in one that is full, counts what it could not store, and says so once', async () => {
    const cache = cacheWith({ redis: await connectTo(full, clients), clock });
    for (let i = 0; i < 5; i++) await cache.put(newKey(cache), answerAt(clock));
    expect(await cache.getL2(newKey(cache))).toBeUndefined();
    expect(cache.stats()).toMatchObject({ l2: { writeFailures: 5, writes: 0, misses: 1, failures: 0 } });
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('lists nothing rather than too little, and frees its own memory at least', async () => {
    const away = new Redis({ lazyConnect: true, enableOfflineQueue: false, port: 1 }).on('error', () => undefined);
    clients.push(away);
    const cache = cacheWith({ redis: away, clock });
    await cache.put(newKey(cache), { ...answerAt(clock), labels: ['tag:x'] });
    expect(await cache.entries({ labels: [], limit: 10 })).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(await cache.remove({ tag: 'x' })).toBe(1);
  });
});
