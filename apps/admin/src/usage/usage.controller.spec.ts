import { saySkipped } from '@relay/testing';
import { OWN_DECISIONS } from '@relay/policy';
import { NO_RULES, TraceRecorder, UsageRollups } from '@relay/trace';
import { type AdminApp, startAdmin } from '../../test/admin-app';
import { recordedTrace } from '../../test/recorded-trace';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('usage over REST, because TEST_DATABASE_URL is not set');

it('usage and the policy agree on what is no rule', () => {
  expect([...NO_RULES]).toEqual([...OWN_DECISIONS]);
});

describePostgres('usage over REST', () => {
  let admin: AdminApp;
  let token: string;
  let tenantAdmin: string;

  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    token = await admin.tokenOf('viewer');
    tenantAdmin = await admin.tokenOf('tenant-admin', 'alpha');
    const recorder = admin.app.get(TraceRecorder, { strict: false });
    const used = { inputTokens: 10, cachedInputTokens: 2, outputTokens: 5 };
    recorder.record(recordedTrace({ ...used, costUsd: '0.1', keyId: '=1+1', tags: ['a'] }), null, null);
    recorder.record(recordedTrace({ ...used, costUsd: '0.2', tenant: 'beta' }), null, null);
    await recorder.flush();
  }, 60_000);
  afterAll(() => admin.close());

  const get = (path: string, headers: Record<string, string> = {}, as = token) =>
    admin.call('GET', path, { token: as, headers });

  it('is told by tenant, this month, and is the same once it is counted', async () => {
    const before = await get('/api/usage');
    expect(before).toMatchObject({
      status: 200,
      body: {
        groupBy: 'tenant',
        data: [
          { key: 'beta', requests: 1, costUsd: '0.2', inputTokens: 10 },
          { key: 'alpha', requests: 1, costUsd: '0.1' },
        ],
        total: { requests: 2, costUsd: '0.3', cachedInputTokens: 4 },
      },
    });
    await admin.app.get(UsageRollups, { strict: false }).run();
    expect((await get('/api/usage')).body).toEqual(before.body);
  });

  it('is confined to the tenant of a tenant-admin', async () => {
    const own = await get('/api/usage', {}, tenantAdmin);
    expect(own.body).toMatchObject({ data: [{ key: 'alpha' }], total: { requests: 1 } });
    expect((await get('/api/usage?tenant=beta', {}, tenantAdmin)).body).toMatchObject({
      data: [],
      total: { requests: 0 },
    });
    expect((await get('/api/usage/forecast?tenant=beta', {}, tenantAdmin)).body).toMatchObject({ spentUsd: '0' });
    expect((await get('/api/usage/series?groupBy=tenant', {}, tenantAdmin)).text).not.toContain('beta');
    const body = { provider: 'sim', from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', csv: 'usd\n1\n' };
    expect((await admin.call('POST', '/api/usage/reconcile', { token: tenantAdmin, body })).status).toBe(403);
  });

  it('comes as CSV where it is asked for, without formulas', async () => {
    const asked = await get('/api/usage?groupBy=key&format=csv');
    const accepted = await get('/api/usage?groupBy=key', { accept: 'text/csv' });
    expect(asked.headers.get('content-type')).toContain('text/csv');
    expect(accepted.text).toBe(asked.text);
    const [head, ...rows] = asked.text.trim().split('\n');
    expect(head).toContain('key,requests,ok,errors');
    expect(head).toContain('cacheHits,cacheHitsExactL1,cacheHitsExactL2,cacheHitsSemantic,cacheHitsCoalesced,');
    expect(rows.map((row) => row.split(',').slice(0, 2))).toEqual([
      ['(none)', '1'],
      ["'=1+1", '1'],
      ['(total)', '2'],
    ]);
  });

  it.each([
    ['groupBy=colour', 'groupBy'],
    ['from=yesterday', 'from'],
    ['from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', 'from'],
    ['from=2001-01-01T00:00:00Z', 'from'],
    ['tenant=', 'tenant'],
  ])('refuses %s', async (query, param) => {
    expect(await get(`/api/usage?${query}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', param } },
    });
  });

  it('is compared with an invoice, and says which line cannot be read', async () => {
    const day = new Date().toISOString().slice(0, 10);
    const recorder = admin.app.get(TraceRecorder, { strict: false });
    const call = { provider: 'sim', model: 'sim-small', outcome: 'ok', upstreamStatus: 200, startMs: 0, durationMs: 1 };
    recorder.record(
      recordedTrace({ costUsd: '0.000001', inputTokens: 7, outputTokens: 3, attempts: [call] }),
      null,
      null,
    );
    await recorder.flush();
    const window = { provider: 'sim', from: `${day}T00:00:00Z`, to: `${day}T23:59:59Z` };
    const reconcile = (csv: string, more: object = {}) =>
      admin.call('POST', '/api/usage/reconcile', { token, body: { ...window, csv, ...more } });
    const equal = await reconcile(
      `date,model,input_tokens,output_tokens,cost\n${day},SIM-small-2026-01-01,7,3,$0.000001\n`,
    );
    expect(equal).toMatchObject({
      status: 200,
      body: {
        shape: 'generic',
        groups: [{ day, model: 'sim-small', state: 'equal', differenceUsd: '0' }],
        total: { differenceUsd: '0' },
      },
    });
    const long = `date,model,cost\n${`${day},sim-small,0\n`.repeat(100_000)}`; // over 2 MB
    expect((await reconcile(long)).body).toMatchObject({ lines: 100_000, total: { differenceUsd: '-0.000001' } });
    const other = await reconcile(`date,model,cost\n${day},sim-small,0.5\n${day},other,"1,000.25"\n`);
    expect(other.body).toMatchObject({
      groups: [
        { model: 'other', state: 'invoice-only', traces: null, differenceUsd: '1000.25' },
        { model: 'sim-small', state: 'different', differenceUsd: '0.499999' },
      ],
      total: { differenceUsd: '1000.749999' },
    });
    const refused = async (csv: string, more: object = {}) => {
      const { status, body } = await reconcile(csv, more);
      return [status, (body.error as { message: string }).message];
    };
    expect(await refused(`date,model,cost\n${day},m,1\n${day},m,=SUM(A1)\n`)).toEqual([
      400,
      expect.stringContaining('line 3: cost is "=SUM(A1)"'),
    ]);
    expect(await refused(`date,model,input_tokens,cost\n${day},m,-5,1\n`)).toEqual([
      400,
      expect.stringContaining('line 2: input_tokens'),
    ]);
    expect(await refused(`date,model,cost\nsoon,m,1\n`)).toEqual([
      400,
      expect.stringContaining('line 2: date is "soon"'),
    ]);
    expect(await refused('nothing\n')).toEqual([400, expect.stringContaining('no line')]);
    expect(await refused('a,b\n1,2\n')).toEqual([400, expect.stringContaining('columns.usd')]);
    expect(await refused('a,b\n1,2\n', { columns: { usd: 'c' } })).toEqual([
      400,
      expect.stringContaining('the file has a, b'),
    ]);
    expect(await refused('date,model,cost\n2025-01-01,m,1\n')).toEqual([
      400,
      expect.stringContaining('all 1 lines are of 2025-01-01'),
    ]);
    expect(await refused(`date,model,cost\n${day},m,1\n`, { provider: 'simm' })).toEqual([
      400,
      expect.stringMatching(/^provider: found "simm"; allowed: .*\bsim\b/),
    ]);
    const ofDays = await reconcile(`date,model,cost\n${day},sim-small,1\n2025-12-31,sim-huge,2\n`, {
      ...{ groupBy: 'day', from: `${day}T10:00:00Z`, to: `${day}T10:30:00Z` },
    });
    expect(ofDays.body).toMatchObject({
      ...{ from: `${day}T00:00:00.000Z`, skipped: 1, groups: [{ day, model: null, differenceUsd: '0.999999' }] },
    });
    const invoiceOnly = await reconcile('date,model,cost\n2025-12-31,sim-huge,2\n', {
      ...{ groupBy: 'day', from: undefined, to: undefined },
    });
    expect(invoiceOnly.body).toMatchObject({ from: '2025-12-31T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' });
    const [{ invoice }] = invoiceOnly.body.groups as [{ invoice: object }];
    expect(invoice).toEqual({ requests: null, inputTokens: null, outputTokens: null, usd: '2' });
    expect(await refused('usd\n1\n', { currency: 'EUR' })).toEqual([400, expect.stringContaining('allowed: USD')]);
  });
});
