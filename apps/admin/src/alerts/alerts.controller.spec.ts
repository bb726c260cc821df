import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AlertStore, Evaluation, RuleBook } from '@relay/alerts';
import { systemSchema } from '@relay/contracts';
import { newTraceId } from '@relay/core';
import { saySkipped } from '@relay/testing';
import { DataSource } from 'typeorm';
import { type AdminApp, type Reply, startAdmin } from '../../test/admin-app';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('the API of alerts on PostgreSQL, because TEST_DATABASE_URL is not set');

const SECRET = 'a secret that nobody may see';

describePostgres('alerts over the API', () => {
  let admin: AdminApp;
  let receiver: Server;
  let url: string;
  let signatures: unknown[];
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    for (const role of ['owner', 'operator', 'viewer'] as const) tokens[role] = await admin.tokenOf(role);
    tokens['tenant-admin'] = await admin.tokenOf('tenant-admin', 'alpha');
    receiver = createServer((request, response) => {
      signatures.push(request.headers['x-relay-signature']);
      request.resume().on('end', () => response.writeHead(200).end());
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook/hidden-path`;
  }, 60_000);
  afterAll(async () => {
    receiver.close();
    await admin.close();
  });
  beforeEach(() => (signatures = []));

  const as = (role: string, method: string, target: string, body?: unknown): Promise<Reply> =>
    admin.call(method, `/api/${target}`, { token: tokens[role], body });
  const audited = async (): Promise<string> => (await as('owner', 'GET', 'audit')).text;

  it('keep channels to the owner, and their URLs and secrets to themselves', async () => {
    const channel = { id: 'ops', kind: 'webhook', url, secret: SECRET };
    expect((await as('operator', 'POST', 'alerts/channels', channel)).status).toBe(403);
    const created = await as('owner', 'POST', 'alerts/channels', channel);
    expect(created).toMatchObject({
      status: 201,
      body: { id: 'ops', kind: 'webhook', origin: new URL(url).origin, signed: true, source: 'database' },
    });
    expect((await as('owner', 'POST', 'alerts/channels', channel)).status).toBe(409);
    const listed = await as('viewer', 'GET', 'alerts/channels');
    expect(listed.body).toMatchObject({ data: [{ id: 'ops' }], nextCursor: null });
    const tested = await as('owner', 'POST', 'alerts/channels/ops/test');
    expect(tested).toMatchObject({ status: 200, body: { delivered: true, httpStatus: 200, error: null } });
    expect(signatures).toEqual([expect.stringMatching(/^sha256=[0-9a-f]{64}$/)]);
    for (const text of [created.text, listed.text, tested.text, await audited()]) {
      expect(text).not.toContain('hidden-path');
      expect(text).not.toContain(SECRET);
    }
    expect(await audited()).toContain('alert-channel.create');
  });

  it.each([
    'ftp://example.org/x',
    'http://169.254.169.254/latest',
    'http://[fe80::1]/x',
    'http://[::ffff:169.254.1.1]/',
    'x',
  ])('refuse a channel at %s', async (bad) => {
    const reply = await as('owner', 'POST', 'alerts/channels', { id: 'bad', kind: 'slack', url: bad });
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', param: 'url' } } });
  });

  it('let operators make, change and remove rules, and change built-in ones', async () => {
    const rule = { id: 'acme-errors', kind: 'error-rate', scope: { tenant: 'acme' }, channels: ['ops'] };
    expect((await as('viewer', 'POST', 'alerts/rules', rule)).status).toBe(403);
    expect(await as('operator', 'POST', 'alerts/rules', rule)).toMatchObject({
      status: 201,
      body: { id: 'acme-errors', threshold: 0.05, windowMs: 300_000, unit: 'share', source: 'database' },
    });
    const unknown = await as('operator', 'POST', 'alerts/rules', { ...rule, id: 'other', channels: ['nowhere'] });
    expect(unknown).toMatchObject({ status: 400, body: { error: { param: 'channels' } } });
    const changed = await as('operator', 'PATCH', 'alerts/rules/acme-errors', { threshold: 0.5, enabled: false });
    expect(changed).toMatchObject({ status: 200, body: { threshold: 0.5, enabled: false, scope: { tenant: 'acme' } } });
    expect((await as('owner', 'DELETE', 'alerts/channels/ops')).status).toBe(409);
    expect((await as('operator', 'DELETE', 'alerts/rules/acme-errors')).status).toBe(204);
    expect((await as('operator', 'DELETE', 'alerts/rules/acme-errors')).status).toBe(404);

    const builtin = await as('operator', 'PATCH', 'alerts/rules/latency', { threshold: 5_000 });
    expect(builtin).toMatchObject({ status: 200, body: { threshold: 5_000, source: 'database' } });
    expect((await as('operator', 'DELETE', 'alerts/rules/latency')).status).toBe(204);
    expect(await admin.app.get(RuleBook, { strict: false }).find('latency')).toMatchObject({ source: 'builtin' });
    expect((await as('operator', 'DELETE', 'alerts/rules/latency')).status).toBe(409);
    expect(await audited()).toContain('alert-rule.change');
  });

  it('say what is wrong with a rule', async () => {
    const refused = async (rule: object): Promise<unknown> =>
      (await as('operator', 'POST', 'alerts/rules', { id: 'x', kind: 'error-rate', ...rule })).body;
    expect(await refused({ id: `x'; DROP TABLE alerts` })).toMatchObject({ error: { param: 'id' } });
    expect(await refused({ kind: 'weather' })).toMatchObject({ error: { param: 'kind' } });
    expect(await refused({ windowMs: 1 })).toMatchObject({ error: { param: 'windowMs' } });
    expect(await refused({ scope: { tenant: 'a', colour: 'red' } })).toMatchObject({
      error: { code: 'invalid_request' },
    });
  });

  it('show what fires, let it be acknowledged, and nothing of it to a tenant', async () => {
    const processes = admin.app.get(DataSource, { strict: false });
    await processes.query(
      `INSERT INTO relay_processes VALUES ($1, '{gateway}', '1', now(), now(), '{"spool":{"queued":1,"bytes":99999999,"dropped":0},"openBreakers":[]}')`,
      [newTraceId(Date.now())],
    );
    await as('operator', 'PATCH', 'alerts/rules/trace-spool', { forMs: 0 });
    await admin.app.get(Evaluation, { strict: false }).run();
    const listed = await as('viewer', 'GET', 'alerts?state=firing&severity=critical&rule=trace-spool');
    expect(listed.body).toMatchObject({ data: [{ kind: 'spool-backlog', value: 99_999_999, state: 'firing' }] });
    const id = (listed.body['data'] as { id: string }[])[0]?.id ?? '';
    expect((await as('viewer', 'POST', `alerts/${id}/ack`)).status).toBe(403);
    expect(await as('operator', 'POST', `alerts/${id}/ack`)).toMatchObject({
      status: 200,
      body: { acknowledgedBy: expect.stringContaining('operator') as string },
    });
    expect((await as('operator', 'POST', 'alerts/none/ack')).status).toBe(404);
    await admin.app.get(AlertStore, { strict: false }).endOthers([], Date.now());
    expect((await as('operator', 'POST', `alerts/${id}/ack`)).status).toBe(409);
    expect((await as('viewer', 'GET', `alerts?rule=${encodeURIComponent(`' OR 1=1 --`)}`)).body).toMatchObject({
      data: [],
    });
    expect((await as('viewer', 'GET', 'alerts?cursor=x')).status).toBe(400);
    for (const target of ['alerts', 'alerts/rules', 'alerts/channels', 'capacity', 'system'])
      expect((await as('tenant-admin', 'GET', target)).status).toBe(403);
  });

  it('the system tells what runs and what is wrong, and no secret', async () => {
    const { body, text } = await as('viewer', 'GET', 'system');
    expect(systemSchema.parse(body)).toMatchObject({
      ...{ form: 'distributed', database: { kind: 'postgres', state: 'up' }, encryption: false },
      config: { providers: 1, models: 1, tenants: 1, lastReload: null },
    });
    const { migrations } = systemSchema.parse(body).database;
    expect(migrations.applied).toBe(migrations.known);
    expect(systemSchema.parse(body).warnings.map(({ code }) => code)).toContain('no-encryption-key');
    for (const secret of ['a secret of the tests', 'alpha-configured-key', 'relay:relay'])
      expect(text).not.toContain(secret);
  });

  it('the capacity of a relay that nobody asked yet is told all the same', async () => {
    expect(await as('viewer', 'GET', 'capacity')).toMatchObject({
      status: 200,
      body: { pools: [{ id: 'sim', requests: 0, busiest: null }], forecasts: [], targetWaitMs: 1_000 },
    });
    const question = { model: 'small', requestsPerMinute: 60, inputTokens: 10, outputTokens: 10 };
    expect(await as('viewer', 'POST', 'capacity/what-if', question)).toMatchObject({
      status: 200,
      body: { pools: [{ id: 'sim', serviceFrom: 'none', addedPerSecond: 1 }] },
    });
    expect((await as('viewer', 'GET', 'capacity?from=2020-01-01T00:00:00Z')).status).toBe(400);
    expect((await as('viewer', 'POST', 'capacity/what-if', { ...question, model: 'x' })).status).toBe(404);
  });
});
