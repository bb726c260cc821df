import { completionJson, jsonReply, saySkipped, ScriptedUpstream } from '@relay/testing';
import { Redis } from 'ioredis';
import { type AdminClient, RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ask, testConfig } from './test-config';

const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
if (!databaseUrl) saySkipped('revocation on two gateways, because TEST_DATABASE_URL is not set');
if (!redisUrl) saySkipped('revocation over Redis, because TEST_REDIS_URL is not set');

const REDIS_DB = 4; // of its own, emptied before
/** A key would be remembered for 10 s: what stops sooner was told. */
const AT_ONCE_MS = 1_000;

const ways: [string, NodeJS.ProcessEnv][] = [];
if (redisUrl) ways.push(['Redis', { REDIS_URL: `${redisUrl}/${REDIS_DB}` }]);
if (databaseUrl) ways.push(['PostgreSQL alone', {}]);
if (ways.length === 0) ways.push(['nothing', {}]);

(databaseUrl ? describe : describe.skip).each(ways)('two gateways that hear of changes over %s', (name, more) => {
  let upstream: ScriptedUpstream;
  let database: ScratchDatabase;
  let gateways: RelayProcess[] = [];
  let admin: AdminClient;

  beforeAll(async () => {
    if (more.REDIS_URL) {
      const redis = new Redis(more.REDIS_URL);
      await redis.flushdb();
      await redis.quit();
    }
    database = await ScratchDatabase.create(databaseUrl ?? '', `revocation_${name.length}`);
    upstream = await ScriptedUpstream.start();
    upstream.respondWith(() => jsonReply(completionJson('served')));
    const env = { DATABASE_URL: database.url, RELAY_JWT_SECRET: 'a secret that both processes share, 32+', ...more };
    const config = testConfig(upstream);
    const first = await RelayProcess.start({ config, env });
    const second = await RelayProcess.start({ config, env: { ...env, RELAY_ROLES: 'gateway' } });
    gateways = [first, second];
    admin = await first.admin();
    await admin.request('POST', '/api/tenants', { id: 'renter' });
  }, 120_000);
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await upstream?.close();
    await database?.drop();
  });

  const newKey = async (body: object = {}): Promise<{ id: string; key: string }> =>
    admin.request('POST', '/api/tenants/renter/keys', { name: 'k', ...body });
  const status = async (gateway: RelayProcess, key: string): Promise<number> => {
    const reply = await gateway.post(key, ask('hello'));
    await reply.arrayBuffer();
    return reply.status;
  };
  const everywhere = (key: string): Promise<number[]> => Promise.all(gateways.map((gateway) => status(gateway, key)));
  /** How long both go on to answer otherwise, ms. */
  const until = async (wanted: number, key: string): Promise<number> => {
    const startedAt = performance.now();
    while ((await everywhere(key)).some((answered) => answered !== wanted));
    return performance.now() - startedAt;
  };

  it('stop a revoked key at once', async () => {
    const { id, key } = await newKey();
    expect(await everywhere(key)).toEqual([200, 200]);
    const noContent = admin.request('DELETE', `/api/tenants/renter/keys/${id}`, {});
    await expect(noContent).rejects.toThrow('JSON'); // 204: nothing to parse
    expect(await until(401, key)).toBeLessThan(AT_ONCE_MS);
  });

  it('stop a key that was rotated without an overlap, and take the next', async () => {
    const { id, key } = await newKey();
    expect(await everywhere(key)).toEqual([200, 200]);
    const rotate = { overlapSeconds: 0 };
    const next = await admin.request<{ key: string }>('POST', `/api/tenants/renter/keys/${id}/rotate`, rotate);
    expect(await until(401, key)).toBeLessThan(AT_ONCE_MS);
    expect(await everywhere(next.key)).toEqual([200, 200]);
  });

  it('take a change of what a key may use at once, in calls and in the list of models', async () => {
    const { id, key } = await newKey();
    expect(await everywhere(key)).toEqual([200, 200]);
    await admin.request('PATCH', `/api/tenants/renter/keys/${id}`, { models: ['other'] });
    expect(await until(404, key)).toBeLessThan(AT_ONCE_MS);
    for (const gateway of gateways) {
      const listed = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
      expect(await listed.json()).toMatchObject({ data: [] });
    }
    await admin.request('PATCH', `/api/tenants/renter/keys/${id}`, { models: null, limits: { requestsPerMinute: 1 } });
    expect(await until(429, key)).toBeLessThan(AT_ONCE_MS);
  });

  it('stop the keys of a disabled tenant at once, and let them go on with it', async () => {
    const { key } = await newKey();
    expect(await everywhere(key)).toEqual([200, 200]);
    await admin.request('PATCH', '/api/tenants/renter', { disabled: true });
    expect(await until(401, key)).toBeLessThan(AT_ONCE_MS);
    await admin.request('PATCH', '/api/tenants/renter', { disabled: false });
    expect(await until(200, key)).toBeLessThan(AT_ONCE_MS);
  });
});
