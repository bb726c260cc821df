import { completionJson, jsonReply, saySkipped, ScriptedUpstream } from '@relay/testing';
import type { TraceDetail } from '@relay/contracts';
import { type AdminClient, RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ACME_KEY, ask, testConfig } from './test-config';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('what operators say of providers on two gateways, because TEST_DATABASE_URL is not set');

/** Processes look by themselves every 10 s: what holds sooner was told. */
const AT_ONCE_MS = 2_000;
const UNCACHED = { 'cache-control': 'no-store' };

(databaseUrl ? describe : describe.skip)('two gateways, when an operator speaks of a provider to one of them', () => {
  let upstreams: ScriptedUpstream[] = [];
  let database: ScratchDatabase;
  let gateways: RelayProcess[] = [];
  let admin: AdminClient;
  const start = async (more: NodeJS.ProcessEnv = {}): Promise<RelayProcess> => {
    const [upstream, fallback] = upstreams;
    if (!upstream || !fallback) throw new Error('there are two upstreams');
    const env = { DATABASE_URL: database.url, RELAY_JWT_SECRET: 'a secret that both processes share, 32+', ...more };
    return RelayProcess.start({ config: testConfig(upstream, { fallback }), env });
  };

  beforeAll(async () => {
    database = await ScratchDatabase.create(databaseUrl ?? '', 'overrides');
    upstreams = [await ScriptedUpstream.start(), await ScriptedUpstream.start()];
    for (const upstream of upstreams) upstream.respondWith(() => jsonReply(completionJson('served')));
    const first = await start();
    gateways = [first, await start({ RELAY_ROLES: 'gateway' })];
    admin = await first.admin();
  }, 120_000);
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await Promise.all(upstreams.map((upstream) => upstream.close()));
    await database?.drop();
  });

  const post = (gateway: RelayProcess): Promise<Response> => gateway.post(ACME_KEY, ask('hello'), UNCACHED);
  const served = async (gateway: RelayProcess): Promise<string | null> => {
    const reply = await post(gateway);
    await reply.arrayBuffer();
    return reply.ok ? reply.headers.get('x-relay-provider') : String(reply.status);
  };
  /** How long some of them still do otherwise, ms. */
  const until = async (wanted: string): Promise<number> => {
    const startedAt = performance.now();
    while ((await Promise.all(gateways.map(served))).some((by) => by !== wanted));
    return performance.now() - startedAt;
  };
  const drain = (id: string): Promise<unknown> =>
    admin.request('PUT', `/api/providers/${id}/override`, { mode: 'drain', reason: 'new hardware' });
  const end = async (id: string): Promise<void> => {
    const noContent = admin.request('DELETE', `/api/providers/${id}/override`, {});
    await expect(noContent).rejects.toThrow('JSON'); // 204: nothing to parse
  };
  const traceOf = async (id: string | null): Promise<TraceDetail> => {
    let found = await admin.trace(id).catch(() => null);
    while (found === null) found = await admin.trace(id).catch(() => null); // it is stored a moment after the reply
    return found;
  };

  it('go round it at once, say so in the trace, and still do after a restart', async () => {
    expect(await until('mock')).toBeGreaterThan(0);
    await drain('mock');
    expect(await until('spare')).toBeLessThan(AT_ONCE_MS);
    const second = gateways[1];
    if (!second) throw new Error('there are two gateways');
    const reply = await post(second);
    const { plan } = await traceOf(reply.headers.get('x-relay-trace-id'));
    expect(plan?.route.rejected).toContainEqual({
      ...{ model: 'small', provider: 'mock' },
      reason: 'an operator took it out of service: it is drained',
    });
    await second.close();
    gateways[1] = await start({ RELAY_ROLES: 'gateway' });
    expect(await served(gateways[1])).toBe('spare');
  }, 60_000);

  it('say plainly that nobody is left, and go on when the operator says so', async () => {
    await drain('spare');
    expect(await until('503')).toBeLessThan(AT_ONCE_MS);
    const reply = await post(gateways[1] as RelayProcess);
    expect(await reply.json()).toMatchObject({
      error: { code: 'unavailable', message: expect.stringContaining('operator') },
    });
    expect(reply.headers.get('retry-after')).toBe('60');
    await end('mock');
    expect(await until('mock')).toBeLessThan(AT_ONCE_MS);
    await end('spare');
  }, 60_000);
});
