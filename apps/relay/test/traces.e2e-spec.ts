import { completionJson, jsonReply, saySkipped, ScriptedUpstream } from '@relay/testing';
import { traceRowSchema } from '@relay/contracts';
import { sseEvents } from '../src/cli/sse-events';
import { type AdminClient, RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ACME_KEY, ask, GLOBEX_KEY, testConfig } from './test-config';

const databaseUrl = process.env.TEST_DATABASE_URL;
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('traces of two gateways, because TEST_DATABASE_URL is not set');

describePostgres('traces of two gateways', () => {
  let upstream: ScriptedUpstream;
  let database: ScratchDatabase;
  let first: RelayProcess;
  let second: RelayProcess;
  let admin: AdminClient;

  beforeAll(async () => {
    database = await ScratchDatabase.create(databaseUrl ?? '', 'traces');
    upstream = await ScriptedUpstream.start();
    upstream.respondWith(() => jsonReply(completionJson('served')));
    const env = { DATABASE_URL: database.url, RELAY_JWT_SECRET: 'a secret that both processes share, 32+' };
    const config = testConfig(upstream, { concurrency: 2 });
    first = await RelayProcess.start({ config, env });
    second = await RelayProcess.start({ config, env: { ...env, RELAY_ROLES: 'gateway' } });
    admin = await first.admin();
  }, 120_000);
  afterAll(async () => {
    await Promise.all([first?.close(), second?.close()]);
    await upstream?.close();
    await database?.drop();
  });

  const served: string[] = [];
  /** Of a request that is answered to its end. */
  const traceIdOf = async (answer: Response): Promise<string> => {
    await answer.text();
    const id = answer.headers.get('x-relay-trace-id') ?? '';
    served.push(id);
    return id;
  };

  it('are followed from one place, and a follower that comes back misses none', async () => {
    const abort = new AbortController();
    const reply = await admin.open('/api/traces/tail?tenant=acme', {}, abort.signal);
    expect(reply.headers.get('content-type')).toContain('text/event-stream');
    if (!reply.body) throw new Error('there is no body');
    const events = sseEvents(reply.body);
    const [one, two] = [first.post(ACME_KEY, ask('here')), second.post(ACME_KEY, ask('there'))];
    await traceIdOf(await second.post(GLOBEX_KEY, ask('of somebody else')));
    const ids = new Set([await traceIdOf(await one), await traceIdOf(await two)]);
    const told = new Set<string>();
    let last = '';
    while (told.size < 2) {
      const { value, done } = await events.next();
      if (done) throw new Error('the tail ended');
      if (value.event !== 'trace') continue;
      told.add(traceRowSchema.parse(JSON.parse(value.data)).id);
      last = value.id ?? '';
    }
    abort.abort();
    expect(told).toEqual(ids);

    const missed = await traceIdOf(await second.post(ACME_KEY, ask('while away')));
    let resumed = '';
    while (!resumed.includes(missed)) {
      resumed = await (await admin.open('/api/traces/tail?seconds=0', { 'last-event-id': last })).text();
    }
    for (const one of told) expect(resumed).not.toContain(one);
  });

  it('are exported by one, zipped or not, with the number of rows', async () => {
    await traceIdOf(await first.post(GLOBEX_KEY, ask('of somebody else')));
    const ofTenant = new Map<string, string>();
    while (!served.every((id) => ofTenant.has(id))) {
      const page = await (await admin.open('/api/traces?limit=200')).json();
      for (const { id, tenant } of (page as { data: { id: string; tenant: string }[] }).data) ofTenant.set(id, tenant);
    }
    const acme = [...ofTenant].filter(([, tenant]) => tenant === 'acme');
    expect(acme.length).toBeLessThan(ofTenant.size);
    const text = await (
      await admin.open('/api/traces/export?format=csv&tenant=acme', { 'accept-encoding': 'gzip' })
    ).text();
    expect(text.split('\r\n')[0]).toMatch(/^id,requestId,at,/);
    expect(text.trimEnd().split('\r\n')).toHaveLength(1 + acme.length);
    const lines = await (await admin.open('/api/traces/export', { 'accept-encoding': 'identity' })).text();
    expect(lines.trimEnd().split('\n')).toHaveLength(ofTenant.size);
  });

  it('are refused to nobody’s token, and hostile filters find nothing', async () => {
    const { url } = first;
    expect((await fetch(`${url}/api/traces/tail`)).status).toBe(401);
    expect((await fetch(`${url}/api/traces/export`, { headers: { authorization: 'Bearer x.y.z' } })).status).toBe(401);
    for (const query of ['tenant=%00', `model=${'x'.repeat(10_000)}`, 'from=0000-01-01T00:00:00Z', 'sort=rudest'])
      expect([query.slice(0, 20), (await admin.open(`/api/traces?${query}`)).status]).toEqual([
        query.slice(0, 20),
        400,
      ]);
    expect(await (await admin.open("/api/traces?q=%25'%20OR%201=1")).json()).toMatchObject({ data: [] });
  });
});
