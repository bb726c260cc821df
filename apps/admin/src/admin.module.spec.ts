import { saySkipped } from '@relay/testing';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ApiKeyService, TenantService } from '@relay/auth';
import { type Role, roleSchema, type TenantPage, tenantPageSchema } from '@relay/contracts';
import { newTraceId } from '@relay/core';
import { TraceRecorder } from '@relay/trace';
import { type AdminApp, type Call, PASSWORD, type Reply, reloadProblems, startAdmin } from '../test/admin-app';
import { recordedTrace } from '../test/recorded-trace';
import { createOpenApi } from './openapi';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('the control plane on PostgreSQL, because TEST_DATABASE_URL is not set');

/** Whatever belongs to tenant beta carries this mark, so that a leak is seen wherever it comes out. */
const MARK = 'beta-mark';
/** Disabled from the start, so that to disable it changes nothing for others. */
const DOOMED = `${MARK}-doomed`;
const ROLES = roleSchema.options;

/** Who may use what: every route of openapi.json must have its line. */
const ACCESS: Record<string, 'anybody' | readonly Role[]> = {
  'POST /api/auth/login': 'anybody',
  'POST /api/auth/refresh': 'anybody',
  'POST /api/auth/logout': 'anybody',
  'GET /api/auth/me': ROLES,
  'POST /api/auth/password': ROLES,
  'GET /api/auth/methods': 'anybody',
  'GET /api/auth/jwks': 'anybody',
  'GET /api/auth/oidc/{id}/start': 'anybody',
  'GET /api/auth/oidc/{id}/callback': 'anybody',
  'GET /api/traces': ROLES,
  'GET /api/traces/{id}': ROLES,
  'POST /api/traces/{id}/feedback': ['owner', 'operator', 'tenant-admin'],
  'GET /api/traces/facets': ROLES,
  'GET /api/traces/histogram': ROLES,
  'GET /api/traces/tail': ROLES,
  'GET /api/traces/export': ROLES,
  'GET /api/evaluations': ROLES,
  'GET /api/evaluations/comparison': ROLES,
  'GET /api/tenants': ROLES,
  'POST /api/tenants': ['owner'],
  'GET /api/tenants/{id}': ROLES,
  'PATCH /api/tenants/{id}': ['owner', 'operator'],
  'DELETE /api/tenants/{id}': ['owner'],
  'GET /api/tenants/{id}/keys': ROLES,
  'POST /api/tenants/{id}/keys': ['owner', 'operator', 'tenant-admin'],
  'PATCH /api/tenants/{id}/keys/{keyId}': ['owner', 'operator', 'tenant-admin'],
  'POST /api/tenants/{id}/keys/{keyId}/rotate': ['owner', 'operator', 'tenant-admin'],
  'DELETE /api/tenants/{id}/keys/{keyId}': ['owner', 'operator', 'tenant-admin'],
  'GET /api/users': ['owner'],
  'POST /api/users': ['owner'],
  'GET /api/users/{id}': ['owner'],
  'PATCH /api/users/{id}': ['owner'],
  'DELETE /api/users/{id}': ['owner'],
  'POST /api/users/{id}/logout': ['owner'],
  'GET /api/policies': ['owner', 'operator', 'viewer'],
  'GET /api/policies/diff': ['owner', 'operator', 'viewer'],
  'GET /api/policies/versions': ['owner', 'operator', 'viewer'],
  'GET /api/policies/versions/{version}': ['owner', 'operator', 'viewer'],
  'POST /api/policies/versions': ['owner', 'operator'],
  'PUT /api/policies/versions/{version}': ['owner', 'operator'],
  'DELETE /api/policies/versions/{version}': ['owner', 'operator'],
  'POST /api/policies/versions/{version}/publish': ['owner', 'operator'],
  'POST /api/policies/versions/{version}/canary': ['owner', 'operator'],
  'POST /api/policies/canary/promote': ['owner', 'operator'],
  'POST /api/policies/canary/stop': ['owner', 'operator'],
  'POST /api/policies/rollback': ['owner', 'operator'],
  'POST /api/policies/unpublish': ['owner', 'operator'],
  'POST /api/policies/lint': ['owner', 'operator', 'viewer'],
  'GET /api/audit': ['owner', 'operator'],
  'GET /api/audit/verify': ['owner', 'operator'],
  'POST /api/policies/explain': ['owner', 'operator', 'tenant-admin'],
  'GET /api/usage': ROLES,
  'GET /api/usage/series': ROLES,
  'GET /api/usage/forecast': ROLES,
  'POST /api/usage/reconcile': ['owner', 'operator', 'viewer'],
  'GET /api/budgets': ROLES,
  'POST /api/budgets': ['owner', 'operator'],
  'GET /api/budgets/{id}': ROLES,
  'PATCH /api/budgets/{id}': ['owner', 'operator'],
  'DELETE /api/budgets/{id}': ['owner', 'operator'],
  'GET /api/cache/stats': ROLES,
  'GET /api/cache/similarity': ROLES,
  'GET /api/cache/entries': ROLES,
  'GET /api/cache/entries/{id}': ROLES,
  'GET /api/cache/entries/{id}/neighbours': ROLES,
  'GET /api/cache/entries/{id}/hits': ROLES,
  'POST /api/cache/entries/{id}/bad-hit': ['owner', 'operator', 'tenant-admin'],
  'POST /api/cache/invalidate': ['owner', 'operator', 'tenant-admin'],
  'GET /api/cache/invalidations': ROLES,
  'POST /api/cache/invalidations': ['owner', 'operator', 'tenant-admin'],
  'GET /api/cache/invalidations/{id}': ROLES,
  'GET /api/cache/warm': ROLES,
  'POST /api/cache/warm': ['owner', 'operator', 'tenant-admin'],
  'GET /api/cache/warm/{id}': ROLES,
  'DELETE /api/cache/warm/{id}': ['owner', 'operator', 'tenant-admin'],
  'POST /api/config/reload': ['owner', 'operator'],
  'GET /api/alerts': ['owner', 'operator', 'viewer'],
  'POST /api/alerts/{id}/ack': ['owner', 'operator'],
  'GET /api/alerts/rules': ['owner', 'operator', 'viewer'],
  'POST /api/alerts/rules': ['owner', 'operator'],
  'PATCH /api/alerts/rules/{id}': ['owner', 'operator'],
  'DELETE /api/alerts/rules/{id}': ['owner', 'operator'],
  'GET /api/alerts/channels': ['owner', 'operator', 'viewer'],
  'POST /api/alerts/channels': ['owner'],
  'DELETE /api/alerts/channels/{id}': ['owner'],
  'POST /api/alerts/channels/{id}/test': ['owner'],
  'GET /api/capacity': ['owner', 'operator', 'viewer'],
  'POST /api/capacity/what-if': ['owner', 'operator', 'viewer'],
  'GET /api/system': ['owner', 'operator', 'viewer'],
  'GET /api/queues': ['owner', 'operator', 'viewer'],
  'GET /api/providers': ['owner', 'operator', 'viewer'],
  'POST /api/providers/{id}/breakers/reset': ['owner', 'operator'],
  'PUT /api/providers/{id}/override': ['owner', 'operator'],
  'DELETE /api/providers/{id}/override': ['owner', 'operator'],
  'POST /api/providers/{id}/probe': ['owner', 'operator'],
};

/** A tenant in the body or the query that is not the user's own is refused, or nothing is found for it. */
const TENANT_IN_BODY = new Set([
  'POST /api/policies/explain',
  'POST /api/cache/invalidate',
  'POST /api/cache/invalidations',
  'POST /api/cache/warm',
]);
const TENANT_IN_QUERY = new Set([
  'GET /api/evaluations',
  'GET /api/evaluations/comparison',
  'GET /api/traces',
  'GET /api/traces/facets',
  'GET /api/traces/histogram',
  'GET /api/traces/tail',
  'GET /api/traces/export',
  'GET /api/cache/stats',
  'GET /api/cache/similarity',
  'GET /api/cache/entries',
]);

const NEEDED_IN_QUERY: Readonly<Record<string, string>> = {
  'GET /api/traces/tail': '&seconds=0', // else it goes on for ever
  'GET /api/evaluations/comparison': '&a=one&b=other',
};

interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

function documentedRoutes(): Route[] {
  const file = path.resolve(__dirname, '../../../openapi.json');
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths)
    .filter(([url]) => url.startsWith('/api/'))
    .flatMap(([url, methods]) => Object.keys(methods).map((method) => routeOf(method.toUpperCase(), url)));
}

function routeOf(method: string, url: string): Route {
  return { name: `${method} ${url}`, method, path: url };
}

const ROUTES = documentedRoutes();
const PROTECTED = ROUTES.filter(({ name }) => ACCESS[name] !== 'anybody');

function recordTrace(recorder: TraceRecorder, id: string, tenant: string, mark: string): void {
  const trace = recordedTrace({ id, requestId: `${mark}-${id}`, tenant, model: mark });
  recorder.record(trace, null, { request: mark, response: mark });
}

describePostgres('the control plane', () => {
  const ids = { alphaTrace: newTraceId(Date.now()), betaTrace: newTraceId(Date.now()), betaKey: '' };
  let admin: AdminApp;
  const tokens = {} as Record<Role, string>;

  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    const tenants = admin.app.get(TenantService, { strict: false });
    await tenants.create({ id: MARK, weight: 1, tier: 'standard', tags: [MARK], models: null, limits: {} });
    await tenants.create({ id: DOOMED, weight: 1, tier: 'standard', tags: [MARK], models: null, limits: {} });
    await tenants.update(DOOMED, { disabled: true }, null);
    const keys = admin.app.get(ApiKeyService, { strict: false });
    ids.betaKey = (await keys.create(MARK, { name: MARK, scopes: ['inference'], expiresAt: null })).id;
    const recorder = admin.app.get(TraceRecorder, { strict: false });
    recordTrace(recorder, ids.alphaTrace, 'alpha', 'alpha-mark');
    recordTrace(recorder, ids.betaTrace, MARK, MARK);
    for (const role of ROLES) tokens[role] = await admin.tokenOf(role, role === 'tenant-admin' ? 'alpha' : undefined);
  });
  afterAll(() => admin.close());

  /** Calls a route with what belongs to tenant beta wherever an id can be given. */
  function callWithBetasIds({ name, method, path: url }: Route, token?: string): Promise<Reply> {
    const tenant = name === 'DELETE /api/tenants/{id}' ? DOOMED : MARK;
    const id = url.includes('/traces/') ? ids.betaTrace : tenant;
    const bodies: Record<string, Call['body']> = {
      'POST /api/tenants': { id: MARK },
      'POST /api/tenants/{id}/keys': { name: 'k' },
      'PATCH /api/tenants/{id}': { tier: 'standard' },
      'PATCH /api/tenants/{id}/keys/{keyId}': { name: MARK },
      'POST /api/tenants/{id}/keys/{keyId}/rotate': {},
      'POST /api/auth/password': { current: 'not the password', new: `another ${PASSWORD}` },
      'POST /api/users': { email: 'new@example.org', password: PASSWORD, role: 'viewer' },
      'PATCH /api/users/{id}': { disabled: true },
      'POST /api/policies/explain': {
        tenant: MARK,
        request: { model: 'small', messages: [{ role: 'user', content: 'hi' }] },
      },
      'POST /api/traces/{id}/feedback': { score: 1 },
      'POST /api/cache/invalidate': { tenant: MARK },
      'POST /api/cache/invalidations': { tenant: MARK },
      'POST /api/cache/warm': { tenant: MARK, source: { traces: { days: 1, top: 1 } } },
      'POST /api/cache/entries/{id}/bad-hit': { trace: ids.betaTrace },
    };
    const query = TENANT_IN_QUERY.has(name) ? `?tenant=${MARK}` : '';
    const ending = NEEDED_IN_QUERY[name] ?? '';
    const target = url.replace('{id}', id).replace('{keyId}', ids.betaKey).replace('{version}', '1') + query + ending;
    return admin.call(method, target, { token, body: bodies[name] });
  }

  it('says of every route who may use it', () => {
    expect(ROUTES.map(({ name }) => name).sort()).toEqual(Object.keys(ACCESS).sort());
  });

  it('is described by openapi.json as it is', () => {
    const file = readFileSync(path.resolve(__dirname, '../../../openapi.json'), 'utf8');
    expect(`${JSON.stringify(createOpenApi(admin.app), null, 2)}\n`).toBe(file);
  });

  it.each(PROTECTED)('$name needs a login', async (route) => {
    expect(await callWithBetasIds(route)).toMatchObject({
      status: 401,
      body: { error: { code: 'invalid_credentials' } },
    });
  });

  describe.each(ROLES.filter((role) => role !== 'tenant-admin'))('lets a user of role %s', (role) => {
    it.each(PROTECTED)('use $name if it may', async (route) => {
      const { status, body } = await callWithBetasIds(route, tokens[role]);
      const access = ACCESS[route.name] ?? [];
      if (access.includes(role)) expect(status).not.toBe(403);
      else expect({ status, body }).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
    });
  });

  it.each(PROTECTED)('shows a tenant-admin nothing of another tenant at $name', async (route) => {
    const reply = await callWithBetasIds(route, tokens['tenant-admin']);
    expect(reply.text).not.toContain(MARK);
    if (!(ACCESS[route.name] ?? []).includes('tenant-admin')) expect(reply.status).toBe(403);
    else if (route.path.includes('{') || TENANT_IN_BODY.has(route.name)) expect(reply.status).toBe(404);
    else expect(reply.status).toBe(route.name === 'POST /api/auth/password' ? 400 : 200); // which is not the password
  });

  it('shows a tenant-admin the own tenant', async () => {
    const token = tokens['tenant-admin'];
    const get = async (target: string): Promise<Reply> => admin.call('GET', target, { token });
    expect((await get('/api/traces')).body).toMatchObject({ data: [{ id: ids.alphaTrace }], nextCursor: null });
    expect(await get(`/api/traces/${ids.alphaTrace}`)).toMatchObject({ status: 200, body: { id: ids.alphaTrace } });
    expect((await get('/api/tenants')).body).toMatchObject({ data: [{ id: 'alpha', source: 'config' }] });
    expect((await get('/api/tenants/alpha/keys')).body).toMatchObject({ data: [{ name: 'ci', source: 'config' }] });
  });

  it('gives a tenant-admin keys, but none that reach beyond the tenant', async () => {
    const token = tokens['tenant-admin'];
    const create = (scopes: string[]): Promise<Reply> =>
      admin.call('POST', '/api/tenants/alpha/keys', { token, body: { name: 'mine', scopes } });
    expect(await create(['inference'])).toMatchObject({
      status: 201,
      body: { tenant: 'alpha', key: expect.stringMatching(/^rk-/) },
    });
    expect(await create(['tenant:act-as'])).toMatchObject({ status: 403, body: { error: { param: 'scopes' } } });
  });

  it('shows a key once, lists its prefix and revokes it', async () => {
    const token = tokens.owner;
    const tenant = await admin.call('POST', '/api/tenants', { token, body: { id: 'gamma' } });
    expect(tenant).toMatchObject({ status: 201, body: { id: 'gamma', source: 'database' } });
    const created = await admin.call('POST', '/api/tenants/gamma/keys', { token, body: { name: 'ci' } });
    const { id, key } = created.body as { id: string; key: string };
    const listed = await admin.call('GET', '/api/tenants/gamma/keys', { token });
    expect(listed.body).toMatchObject({ data: [{ id, prefix: key.slice(0, 9), revokedAt: null }] });
    expect(listed.text).not.toContain(key);
    expect((await admin.call('DELETE', `/api/tenants/gamma/keys/${id}`, { token })).status).toBe(204);
    const after = await admin.call('GET', '/api/tenants/gamma/keys', { token });
    expect(after.body).toMatchObject({ data: [{ id, revokedAt: expect.any(String) }] });
    expect((await admin.call('POST', '/api/tenants', { token, body: { id: 'gamma' } })).status).toBe(409);
  });

  it('lists tenants page by page, each once', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const after: string = cursor ? `&cursor=${cursor}` : '';
      const { text } = await admin.call('GET', `/api/tenants?limit=1${after}`, { token: tokens.viewer });
      const page: TenantPage = tenantPageSchema.parse(JSON.parse(text));
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['alpha', MARK, 'gamma']);
  });

  it('explains a plan without calling anything', async () => {
    const body = { tenant: 'alpha', request: { model: 'small', messages: [{ role: 'user', content: 'hi' }] } };
    const reply = await admin.call('POST', '/api/policies/explain', { token: tokens.operator, body });
    expect(reply).toMatchObject({
      status: 200,
      body: { policy: 'test@1', candidates: [{ model: 'small', provider: 'sim' }] },
    });
  });

  it('says what is wrong with a request, where, and what is allowed', async () => {
    const token = tokens.owner;
    const error = async (method: string, target: string, call: Call = {}): Promise<unknown> => {
      const reply = await admin.call(method, target, { token, ...call });
      return [reply.status, reply.body.error];
    };
    const invalid = (param: string | null, message: string): unknown => [
      400,
      { code: 'invalid_request', type: 'invalid_request_error', param, message: expect.stringContaining(message) },
    ];
    expect(await error('GET', '/api/traces?status=fine')).toEqual(invalid('status', '"rejected"'));
    expect(await error('GET', '/api/traces?limit=9999')).toEqual(invalid('limit', '200'));
    expect(await error('GET', '/api/traces?colour=red')).toEqual(invalid('colour', 'allowed: tenant, keyId, user'));
    expect(await error('GET', '/api/traces?cursor=nonsense')).toEqual(invalid('cursor', 'cursor'));
    expect(await error('GET', '/api/tenants?cursor=***')).toEqual(invalid('cursor', 'nextCursor'));
    expect(await error('POST', '/api/tenants', { body: { id: 'x', limits: { concurrency: 0 } } })).toEqual(
      invalid('limits.concurrency', 'limits.concurrency: '),
    );
    expect(await error('POST', '/api/tenants', { body: '{"id":' })).toEqual(invalid(null, 'JSON'));
    const explain = { tenant: 'alpha', request: { model: 'small', messages: [{ role: 7 }] } };
    expect(await error('POST', '/api/policies/explain', { body: explain })).toEqual(
      invalid('request.messages[0].role', 'string'),
    );
  });

  it('answers in the same shape where there is nothing, with an id to find it in the logs', async () => {
    const reply = await admin.call('GET', '/api/nothing?secret=1', { token: tokens.owner });
    expect(reply).toMatchObject({ status: 404, body: { error: { code: 'not_found', param: null } } });
    expect(reply.text).not.toContain('secret');
    expect(reply.headers.get('x-request-id')).toBeTruthy();
  });

  it('reloads the configuration, or says why not', async () => {
    const reload = (): Promise<Reply> => admin.call('POST', '/api/config/reload', { token: tokens.operator });
    expect((await reload()).body).toEqual({ applied: true, problems: [] });
    reloadProblems.push('relay.yaml: models[0].id: found 1; allowed: a string');
    expect((await reload()).body).toEqual({ applied: false, problems: reloadProblems });
    reloadProblems.length = 0;
  });
});
