import { completionJson, jsonReply, saySkipped, ScriptedUpstream } from '@relay/testing';
import { Redis } from 'ioredis';
import { APIError, RateLimitError } from 'openai';
import { RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ask } from './test-config';

const databaseUrl = process.env.TEST_DATABASE_URL;
const redisUrl = process.env.TEST_REDIS_URL;
const describeServices = databaseUrl && redisUrl ? describe : describe.skip;
if (!databaseUrl || !redisUrl)
  saySkipped('limits of two gateways, because TEST_DATABASE_URL and TEST_REDIS_URL are not both set');

const REDIS_DB = 9; // of its own, emptied before
const LIMIT = 10;
const COUNTED_KEY = 'key-of-the-counted-tenant';
const PATIENT_KEY = 'key-of-the-patient-tenant';
const FRUGAL_KEY = 'key-of-the-frugal-tenant';
const NOT_CACHED = { 'cache-control': 'no-store, no-cache' };

function configOf(upstream: ScriptedUpstream): object {
  return {
    providers: [
      { id: 'mock', kind: 'openai', baseUrl: upstream.baseUrl, preheat: { connections: 0 } },
      {
        ...{ id: 'narrow', kind: 'openai', baseUrl: upstream.baseUrl, preheat: { connections: 0 } },
        limits: { requestsPerMinute: LIMIT, concurrency: 4 },
      },
    ],
    models: [
      { id: 'narrow', targets: [{ provider: 'narrow', model: 'mock-small' }] },
      {
        id: 'small',
        targets: [{ provider: 'mock', model: 'mock-small' }],
        price: { inputPerMTok: 0, outputPerMTok: 1_000_000 }, // a USD a token
      },
    ],
    tenants: [
      {
        id: 'counted',
        limits: { requestsPerMinute: LIMIT },
        keys: [{ name: 'ci', value: COUNTED_KEY, limits: { tokensPerMinute: 1_000_000 } }],
      },
      { id: 'patient', keys: [{ name: 'ci', value: PATIENT_KEY }] },
      { id: 'frugal', budget: { monthlyUsd: 50 }, keys: [{ name: 'ci', value: FRUGAL_KEY }] },
    ],
  };
}

describeServices('limits of two gateways on one Redis', () => {
  let upstream: ScriptedUpstream;
  let database: ScratchDatabase;
  let gateways: RelayProcess[] = [];

  beforeAll(async () => {
    const redis = new Redis(`${redisUrl}/${REDIS_DB}`);
    await redis.flushdb();
    await redis.quit();
    database = await ScratchDatabase.create(databaseUrl ?? '', 'limits');
    upstream = await ScriptedUpstream.start();
    upstream.respondWith(() => jsonReply(completionJson('served')));
    const env = {
      DATABASE_URL: database.url,
      REDIS_URL: `${redisUrl}/${REDIS_DB}`,
      RELAY_JWT_SECRET: 'a secret that both processes share, 32+',
    };
    const config = configOf(upstream);
    gateways = [await RelayProcess.start({ config, env })];
    gateways.push(await RelayProcess.start({ config, env: { ...env, RELAY_ROLES: 'gateway' } }));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await upstream?.close();
    await database?.drop();
  });

  /** Requests of one key at both gateways at once. */
  const crowd = (key: string, count: number, more: object = {}, headers: Record<string, string> = NOT_CACHED) => {
    const clients = gateways.map((gateway) => gateway.openai(key));
    return Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const client = clients[i % clients.length];
        if (!client) throw new Error('no gateway');
        try {
          const sent = client.chat.completions.create({ ...ask(`request ${i}`), ...more }, { headers });
          const { response } = await sent.withResponse();
          return { status: response.status, headers: response.headers, error: null };
        } catch (error) {
          if (!(error instanceof APIError)) throw error;
          return { status: error.status as number, headers: error.headers as Headers, error };
        }
      }),
    );
  };

  it('trap 47: serve exactly as many requests as the tenant may send, and tell the others when to come back', async () => {
    const replies = await crowd(COUNTED_KEY, 3 * LIMIT);
    const served = replies.filter(({ status }) => status === 200);
    const refused = replies.filter(({ status }) => status === 429);
    expect([served.length, refused.length]).toEqual([LIMIT, 2 * LIMIT]);
    expect(upstream.requests).toHaveLength(LIMIT);

    const remaining = served.map(({ headers }) => Number(headers.get('x-ratelimit-remaining-requests')));
    expect(remaining.sort((a, b) => a - b)).toEqual(Array.from({ length: LIMIT }, (_, i) => i));
    for (const { headers } of replies) {
      expect(headers.get('x-ratelimit-limit-requests')).toBe(String(LIMIT));
      expect(headers.get('x-ratelimit-reset-requests')).toMatch(/^(1m[01]s|5\ds)$/);
      expect(headers.get('x-ratelimit-limit-tokens')).toBe('1000000');
    }
    for (const { headers, error } of refused) {
      expect(error).toBeInstanceOf(RateLimitError);
      expect(error).toMatchObject({ code: 'rate_limited', message: expect.stringContaining('Tenant "counted"') });
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(61);
    }
  });

  it('call a provider as often as its limits allow, and tell those who cannot wait so long when there is room', async () => {
    const before = upstream.requests.length;
    const headers = { ...NOT_CACHED, 'x-relay-deadline-ms': '20000' };
    const replies = await crowd(PATIENT_KEY, 4 * LIMIT, { model: 'narrow' }, headers);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(LIMIT);
    expect(upstream.requests).toHaveLength(before + LIMIT);
    const refused = replies.filter(({ error }) => error?.code === 'overloaded');
    expect(refused).toHaveLength(3 * LIMIT);
    for (const { headers: told } of refused) expect(Number(told.get('retry-after'))).toBeGreaterThan(30);
  });

  it('trap 45: spend no more than the budget, however many ask at once', async () => {
    const replies = await crowd(FRUGAL_KEY, 20, { max_tokens: 10 });
    const served = replies.filter(({ status }) => status === 200);
    expect(served.length).toBeGreaterThan(0);
    const refused = replies.filter(({ status }) => status === 402);
    expect(served.length + refused.length).toBe(20);
    for (const { error } of refused) {
      expect(error).toMatchObject({ code: 'budget_exceeded', message: expect.stringContaining('renews on') });
    }
    const spent = served.map(({ headers }) => Number(headers.get('x-relay-cost-usd'))).reduce((a, b) => a + b, 0);
    expect(spent).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(50);
  });
});

(databaseUrl ? describe : describe.skip)('a budget of a key, without a Redis', () => {
  it('knows from the first request on what was spent before it, and before a restart', async () => {
    const database = await ScratchDatabase.create(databaseUrl ?? '', 'key_budget');
    const upstream = await ScriptedUpstream.start();
    upstream.respondWith(() => jsonReply(completionJson('served')));
    const start = () => RelayProcess.start({ config: configOf(upstream), env: { DATABASE_URL: database.url } });
    const spend = async (relay: RelayProcess): Promise<number> => {
      const reply = await relay.post(PATIENT_KEY, ask('request', { max_tokens: 1 }), NOT_CACHED);
      await reply.arrayBuffer();
      return reply.status;
    };
    let relay = await start();
    try {
      expect(await spend(relay)).toBe(200);
      const admin = await relay.admin();
      const { data } = await admin.request<{ data: { id: string }[] }>('GET', '/api/tenants/patient/keys');
      const budget = { tenant: 'patient', keyId: data[0]?.id, period: 'month', limitUsd: '2' };
      await admin.request('POST', '/api/budgets', budget);
      expect(await spend(relay)).toBe(402);
      await relay.close();
      relay = await start();
      expect(await spend(relay)).toBe(402);
    } finally {
      await relay.close();
      await upstream.close();
      await database.drop();
    }
  }, 120_000);
});
