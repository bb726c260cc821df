import type { Warming } from '@relay/contracts';
import { Redis } from 'ioredis';
import { completionJson, Gate, jsonReply, ScriptedUpstream, saySkipped, sseReply, streamFrames } from '@relay/testing';
import { type AdminClient, RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ACME_KEY, GLOBEX_KEY, OPERATOR_KEY, ask, testConfig } from './test-config';

const databaseUrl = process.env.TEST_DATABASE_URL;
const redisUrl = process.env.TEST_REDIS_URL;
const describeServices = databaseUrl && redisUrl ? describe : describe.skip;
if (!databaseUrl || !redisUrl)
  saySkipped('the cache of two gateways, because TEST_DATABASE_URL and TEST_REDIS_URL are not both set');

const REDIS_DB = 11; // of its own, emptied before
const CROWD = 200;
const POLICY = {
  name: 'cache',
  version: 1,
  defaults: {
    retries: { maxAttempts: 1 },
    cache: { semantic: { mode: 'static', threshold: 0.7 } },
  },
};

describeServices('the cache of two gateways on one PostgreSQL and one Redis', () => {
  let upstream: ScriptedUpstream;
  let first: RelayProcess;
  let second: RelayProcess;
  let database: ScratchDatabase;
  let admin: AdminClient;

  beforeAll(async () => {
    const redis = new Redis(`${redisUrl}/${REDIS_DB}`);
    await redis.flushdb();
    await redis.quit();
    database = await ScratchDatabase.create(databaseUrl ?? '', 'cache');
    upstream = await ScriptedUpstream.start();
    const env = {
      DATABASE_URL: database.url,
      REDIS_URL: `${redisUrl}/${REDIS_DB}`,
      RELAY_JWT_SECRET: 'a secret that both processes share, 32+',
      RELAY_ENCRYPTION_KEY: 'another secret that both processes share',
    };
    const config = { ...testConfig(upstream, { policy: POLICY }), embedder: { kind: 'builtin', timeoutMs: 20_000 } };
    first = await RelayProcess.start({ config, env });
    second = await RelayProcess.start({ config, env: { ...env, RELAY_ROLES: 'gateway' } });
    admin = await first.admin();
  }, 120_000);
  afterAll(async () => {
    await Promise.all([first?.close(), second?.close()]);
    await upstream?.close();
    await database?.drop();
  });

  const says = (text: string): void => upstream.respondWith(() => jsonReply(completionJson(text)));

  let tries = 0;
  /** A try of a test finds nothing that one before stored: answers are for the same instructions only. */
  const anew = () => {
    const instructions = { role: 'system' as const, content: `Try ${++tries}.` };
    return (question: string) => {
      const body = ask(question);
      return { ...body, messages: [instructions, ...body.messages] };
    };
  };

  /** Asks until the entry that was stored in the background is found, or one call after another was made. */
  async function askUntilHit(relay: RelayProcess, key: string, body: object, kind: string): Promise<Response> {
    for (;;) {
      const reply = await relay.post(key, body, { 'cache-control': 'only-if-cached' });
      if (reply.headers.get('x-relay-cache') === kind) return reply;
      await reply.arrayBuffer();
    }
  }

  it('lets 200 equal streams share one call, spread over both', async () => {
    const frames = streamFrames(['Paris', ' is', ' the', ' capital.']);
    upstream.respondWith(() => sseReply(frames));
    const stream = { ...anew()('Warm up.'), stream: true }; // what a first request loads may take longer than a claim is waited for
    for (const relay of [first, second]) await (await relay.post(ACME_KEY, stream)).text();
    const gate = new Gate();
    upstream.respondWith(() => sseReply([...frames.slice(0, 2), gate, ...frames.slice(2)]));
    const calls = upstream.requests.length;
    const body = { ...anew()('What is the capital of France? One answer for all.'), stream: true };
    const crowd = Array.from({ length: CROWD }, (_, i) => (i % 2 === 0 ? first : second).post(ACME_KEY, body));
    const replies = await Promise.all(crowd); // all have the first words
    gate.open();
    const texts = await Promise.all(replies.map((reply) => reply.text()));
    expect(upstream.requests.length - calls).toBe(1);
    expect([...new Set(texts)]).toHaveLength(1);
    expect(texts[0]?.endsWith('data: [DONE]\n\n')).toBe(true);
    const kinds = replies.map((reply) => reply.headers.get('x-relay-cache'));
    expect(kinds.filter((kind) => kind === 'miss')).toHaveLength(1);
    expect(new Set(kinds)).toEqual(new Set(['miss', 'coalesced']));
  }, 60_000);

  it('answers a question that was asked before in other words, and says from what', async () => {
    says('Open Settings, then Security.');
    await first.post(ACME_KEY, ask('How do I reset my password?'));
    const hit = await askUntilHit(second, ACME_KEY, ask('How can I reset my password?'), 'semantic');
    expect(await hit.json()).toEqual(completionJson('Open Settings, then Security.'));
    expect(Number(hit.headers.get('x-relay-cache-similarity'))).toBeGreaterThan(0.7);
    expect(hit.headers.get('x-relay-cache-entry')).toMatch(/^[0-9a-f-]{36}$/);
    expect(hit.headers.get('x-relay-cost-usd')).toBe('0');
  }, 60_000);

  it.each([
    ['Convert 6 miles to km', 'Convert 5 miles to km', 'Please convert 5 miles to km', 'numbers'],
    ['How do I disable 2FA?', 'How do I enable 2FA?', 'How can I enable 2FA?', 'antonyms'],
    [
      'Which is the fastest train from Milan to Rome?',
      'Which is the fastest train from Rome to Milan?',
      'What is the fastest train from Rome to Milan?',
      'direction',
    ],
  ])(
    'never answers %j with what was said to %j, which answers %j',
    async (asked, stored, paraphrase, guard) => {
      const body = anew();
      says(stored);
      await first.post(ACME_KEY, body(stored));
      const hit = await askUntilHit(second, ACME_KEY, body(paraphrase), 'semantic');
      expect(await hit.json()).toEqual(completionJson(stored));
      says(asked);
      const reply = await first.post(ACME_KEY, body(asked));
      expect(reply.headers.get('x-relay-cache')).toBe('miss');
      expect(await reply.json()).toEqual(completionJson(asked));
      const { stages } = await admin.trace(reply.headers.get('x-relay-trace-id'));
      const semantic = stages.find(({ name }) => name === 'semantic');
      expect(String(semantic?.attributes['guards']).split(',')).toContain(guard);
    },
    60_000,
  );

  it('warms for keys of other scopes, tells what that stored, and keeps the answer for these', async () => {
    says('warm');
    const body = ask('Which shelf holds the warm answers?');
    const source = { requests: [body] };
    const scopes = ['tenant:act-as', 'inference'];
    const start = () => admin.request<Warming>('POST', '/api/cache/warm', { tenant: 'platform', source, scopes });
    const ended = async ({ id }: Warming): Promise<Warming> => {
      for (;;) {
        const warming = await admin.request<Warming>('GET', `/api/cache/warm/${id}`);
        if (warming.status !== 'waiting' && warming.status !== 'running') return warming;
      }
    };
    expect(await ended(await start())).toMatchObject({ status: 'done', asked: 1, cached: 0, failed: 0 });
    expect(await ended(await start())).toMatchObject({ status: 'done', asked: 1, cached: 1, failed: 0 });
    const reply = await second.post(OPERATOR_KEY, body, { 'cache-control': 'only-if-cached' });
    expect(await reply.json()).toEqual(completionJson('warm'));
  }, 60_000);

  it.each([
    ['another tenant', GLOBEX_KEY, {}],
    [
      'another system prompt',
      ACME_KEY,
      { messages: [{ role: 'system', content: 'Be brief.' }, ...ask('How can I reset my password?').messages] },
    ],
    ['other tools', ACME_KEY, { tools: [{ type: 'function', function: { name: 'reset', parameters: {} } }] }],
    ['another format', ACME_KEY, { response_format: { type: 'json_object' } }],
  ])('serves nothing of it to %s, on no tier', async (_who, key, more) => {
    for (const question of ['How do I reset my password?', 'How can I reset my password?']) {
      for (const relay of [first, second]) {
        const body = { ...ask(question), ...('messages' in more ? { messages: more.messages } : more) };
        const reply = await relay.post(key, body, { 'cache-control': 'only-if-cached' });
        expect([reply.status, reply.headers.get('x-relay-cache')]).toEqual([504, 'miss']);
      }
    }
  });

  it('stops serving an entry on both as soon as somebody marks it as a bad hit', async () => {
    const question = ask('How could I reset my password?');
    const hit = await askUntilHit(first, ACME_KEY, question, 'semantic');
    const entry = hit.headers.get('x-relay-cache-entry') ?? '';
    await admin.request('POST', `/api/cache/entries/${entry}/bad-hit`, { comment: 'out of date' });
    for (const relay of [first, second]) {
      const reply = await relay.post(ACME_KEY, question, { 'cache-control': 'only-if-cached' });
      expect(reply.headers.get('x-relay-cache-entry')).not.toBe(entry);
    }
  }, 60_000);

  it('forgets on both, in every tier, what is invalidated', async () => {
    says('to be forgotten');
    const body = ask('What should be forgotten about the moon?', {});
    await first.post(ACME_KEY, body, { 'x-relay-tags': 'moon' });
    await askUntilHit(first, ACME_KEY, body, 'exact-l1');
    await askUntilHit(second, ACME_KEY, body, 'exact-l2');
    const { removed } = await admin.request<{ removed: number }>('POST', '/api/cache/invalidate', { tag: 'moon' });
    expect(removed).toBeGreaterThanOrEqual(1);
    for (const relay of [first, second]) {
      const reply = await relay.post(ACME_KEY, body, { 'cache-control': 'only-if-cached' });
      expect(reply.status).toBe(504);
    }
  }, 60_000);

  it('keeps nothing readable in Redis', async () => {
    const redis = new Redis(`${redisUrl}/${REDIS_DB}`);
    const keys = await redis.keys('relay:cache:{*');
    const values = await Promise.all(keys.map((key) => redis.getBuffer(key)));
    await redis.quit();
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(value?.includes('capital')).toBe(false);
  });
});
