import type { AuditPage, ProviderPage, ProviderProbe, ProviderView } from '@relay/contracts';
import { saySkipped } from '@relay/testing';
import { type AdminApp, type Reply, startAdmin } from '../../test/admin-app';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('what operators do about providers, because TEST_DATABASE_URL is not set');

describePostgres('what operators do about providers', () => {
  let admin: AdminApp;
  let operator = '';
  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    operator = await admin.tokenOf('operator');
  });
  afterAll(() => admin.close());

  const call = (method: string, path: string, body?: unknown): Promise<Reply> =>
    admin.call(method, `/api/providers${path}`, { token: operator, body });
  const override = (body: object): Promise<Reply> => call('PUT', '/sim/override', { reason: 'new hardware', ...body });
  const sim = async (): Promise<ProviderView> => {
    const page = (await call('GET', '')).body as unknown as ProviderPage;
    const found = page.data.find(({ id }) => id === 'sim');
    if (!found) throw new Error('there is no sim');
    return found;
  };
  const actions = async (): Promise<AuditPage['data']> => {
    const reply = await admin.call('GET', '/api/audit?action=provider', { token: operator });
    return (reply.body as unknown as AuditPage).data;
  };

  it('drains a provider for an hour, is seen with who and why, and ends when somebody says so', async () => {
    const before = Date.now();
    const drained = (await override({ mode: 'drain' })).body as unknown as ProviderView;
    expect(drained).toMatchObject({
      override: { mode: 'drain', reason: 'new hardware', by: expect.stringContaining('@') as string },
      targets: [{ breaker: 'open', reason: 'drained', override: null }],
    });
    const until = Date.parse(drained.override?.until ?? '');
    expect(until - Date.parse(drained.override?.since ?? '')).toBe(3_600_000);
    expect(until).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(await sim()).toEqual(drained);
    expect((await call('DELETE', '/sim/override')).status).toBe(204);
    expect(await sim()).toMatchObject({ override: null, targets: [{ breaker: 'closed', reason: null }] });
    expect((await call('DELETE', '/sim/override')).status).toBe(404);
    const [ended, made] = await actions();
    expect(ended).toMatchObject({ action: 'provider.override-end', target: 'sim', detail: { target: null } });
    expect(made).toMatchObject({
      ...{ action: 'provider.override', target: 'sim' },
      detail: { mode: 'drain', target: null, reason: 'new hardware', until: drained.override?.until },
    });
  });

  it('speaks of one model as well', async () => {
    expect((await override({ mode: 'open', target: 'sim-small', forMs: 60_000 })).body).toMatchObject({
      override: null,
      targets: [{ breaker: 'open', reason: 'forced', override: { mode: 'open' } }],
    });
    expect((await call('DELETE', '/sim/override')).status).toBe(404); // there is none for all of them
    expect((await call('DELETE', '/sim/override?target=sim-small')).status).toBe(204);
  });

  it('says what is allowed', async () => {
    const refused = async (body: object): Promise<unknown> => {
      const reply = await override(body);
      return [reply.status, (reply.body['error'] as { param: string }).param];
    };
    expect(await refused({ mode: 'shut' })).toEqual([400, 'mode']);
    expect(await refused({ mode: 'open', forMs: 59_999 })).toEqual([400, 'forMs']);
    expect(await refused({ mode: 'open', forMs: 86_400_001 })).toEqual([400, 'forMs']);
    expect(await refused({ mode: 'open', reason: '  ' })).toEqual([400, 'reason']);
    expect(await refused({ mode: 'open', target: 'none' })).toEqual([400, 'target']);
    expect(await refused({ mode: 'open', reason: 'a \0 that no database takes' })).toEqual([400, 'reason']);
    expect((await call('DELETE', '/sim/override?target=%00')).status).toBe(400);
    expect((await call('DELETE', '/%00/override')).status).toBe(400);
    expect((await call('PUT', '/none/override', { mode: 'open', reason: 'why' })).status).toBe(404);
    expect((await call('POST', '/none/probe', {})).status).toBe(404);
  });

  it('probes at once, also what is out of service', async () => {
    await override({ mode: 'drain' });
    const probe = (await call('POST', '/sim/probe', {})).body as unknown as ProviderProbe;
    expect(probe).toMatchObject({ check: 'answer', target: 'sim-small', ok: true, code: null });
    expect((await actions())[0]).toMatchObject({ action: 'provider.probe', detail: { target: 'sim-small', ok: true } });
    await call('DELETE', '/sim/override');
  });
});
