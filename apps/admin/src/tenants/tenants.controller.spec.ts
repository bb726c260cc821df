import { saySkipped } from '@relay/testing';
import { DataSource } from 'typeorm';
import { type AdminApp, type Reply, startAdmin } from '../../test/admin-app';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('tenants and keys over the API on PostgreSQL, because TEST_DATABASE_URL is not set');

describePostgres('tenants and keys over the API', () => {
  let admin: AdminApp;
  let [owner, operator, ofBeta] = ['', '', ''];
  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    owner = await admin.tokenOf('owner');
    operator = await admin.tokenOf('operator');
    const limits = { requestsPerMinute: 100 };
    await call('POST', '/api/tenants', { id: 'beta', models: ['small', 'large'], limits });
    ofBeta = await admin.tokenOf('tenant-admin', 'beta');
  });
  afterAll(() => admin.close());

  const call = (method: string, path: string, body?: unknown, token = owner): Promise<Reply> =>
    admin.call(method, path, { token, body });
  const newKey = async (body: object, token = owner): Promise<{ id: string; key: string }> => {
    const reply = await call('POST', '/api/tenants/beta/keys', { name: 'k', ...body }, token);
    expect(reply.status).toBe(201);
    return reply.body as { id: string; key: string };
  };
  const audited = async (action: string): Promise<unknown[]> =>
    (await call('GET', `/api/audit?action=${action}`)).body['data'] as unknown[];

  it('change what is named of a tenant, and tell the audit log from what to what', async () => {
    const changed = await call('PATCH', '/api/tenants/beta', { name: 'Beta', tier: 'gold', weight: 2 }, operator);
    expect(changed).toMatchObject({ status: 200, body: { id: 'beta', name: 'Beta', tier: 'gold', weight: 2 } });
    expect((await call('GET', '/api/tenants/beta')).body).toEqual(changed.body);
    const silent = await call('PATCH', '/api/tenants/beta', { payloads: { keep: false } }, operator);
    expect([changed.body.payloads, silent.body.payloads]).toEqual([{}, { keep: false }]);
    expect((await audited('tenant.update'))[0]).toMatchObject({
      detail: { payloads: { from: {}, to: { keep: false } } },
    });
    expect((await audited('tenant.update'))[1]).toMatchObject({
      actor: { email: expect.stringMatching(/^operator-/) },
      target: 'beta',
      detail: {
        name: { from: 'beta', to: 'Beta' },
        weight: { from: 1, to: 2 },
        tier: { from: 'standard', to: 'gold' },
      },
    });
  });

  it('disable a tenant and enable it again, which only owners may', async () => {
    await call('POST', '/api/tenants', { id: 'gone' });
    const refused = await call('PATCH', '/api/tenants/gone', { disabled: true }, operator);
    expect(refused).toMatchObject({ status: 403, body: { error: { param: 'disabled' } } });
    expect((await call('DELETE', '/api/tenants/gone')).status).toBe(204);
    expect((await call('GET', '/api/tenants/gone')).body).toMatchObject({ disabledAt: expect.any(String) });
    const listed = async (status: string): Promise<string> => (await call('GET', `/api/tenants?status=${status}`)).text;
    expect([await listed('active'), await listed('disabled')]).toEqual([
      expect.not.stringContaining('"gone"'),
      expect.stringContaining('"gone"'),
    ]);
    const enabled = await call('PATCH', '/api/tenants/gone', { disabled: false });
    expect(enabled).toMatchObject({ status: 200, body: { disabledAt: null } });
    expect([await audited('tenant.disable'), await audited('tenant.enable')]).toMatchObject([
      [{ target: 'gone' }],
      [{ target: 'gone' }],
    ]);
  });

  it('are found by words of what names them, wherever in the list they are, and only the own one by its tenant-admin', async () => {
    await call('POST', '/api/tenants', { id: 'zz-retail', name: '50% Räume_Nord', tier: 'gold', tags: ['eu'] });
    const found = async (q: string, token = owner): Promise<unknown> => {
      const { body } = await call('GET', `/api/tenants?limit=1&q=${encodeURIComponent(q)}`, undefined, token);
      return (body['data'] as { id: string }[]).map(({ id }) => id);
    };
    for (const q of ['ZZ-', 'räume', 'eu zz-retail', '50%', 'e_n'])
      expect([q, await found(q)]).toEqual([q, ['zz-retail']]);
    for (const q of ['zz-retail us', 'zz_', "' OR 1=1 --"]) expect([q, await found(q)]).toEqual([q, []]);
    expect(await found('zz-retail', ofBeta)).toEqual([]);
  });

  it('say of a tenant and a key of relay.yaml where they are changed', async () => {
    const refused = {
      status: 409,
      body: { error: { code: 'conflict', message: expect.stringContaining('relay.yaml') } },
    };
    expect(await call('PATCH', '/api/tenants/alpha', { name: 'x' })).toMatchObject(refused);
    expect(await call('DELETE', '/api/tenants/alpha')).toMatchObject(refused);
    const key = '/api/tenants/alpha/keys/config:alpha%2Fci';
    expect(await call('PATCH', key, { name: 'x' })).toMatchObject(refused);
    expect(await call('POST', `${key}/rotate`, {})).toMatchObject(refused);
    expect(await call('DELETE', key)).toMatchObject(refused);
  });

  it('make a key with models, limits and an end, and change them', async () => {
    const { id } = await newKey({
      models: ['small'],
      limits: { tokensPerMinute: 10 },
      expiresAt: '2040-01-01T00:00:00Z',
    });
    const change = { models: null, limits: {}, scopes: ['inference', 'tenant:act-as'], expiresAt: null, name: 'other' };
    const changed = await call('PATCH', `/api/tenants/beta/keys/${id}`, change);
    expect(changed).toMatchObject({ status: 200, body: { id, ...change } });
    expect((await audited('key.update'))[0]).toMatchObject({
      target: id,
      detail: { tenant: 'beta', models: { from: ['small'], to: null }, name: { from: 'k', to: 'other' } },
    });
  });

  it('replace a key by another, which is shown once', async () => {
    const old = await newKey({ models: ['small'], limits: { requestsPerMinute: 7 } });
    const rotated = await call('POST', `/api/tenants/beta/keys/${old.id}/rotate`, { overlapSeconds: 0 });
    expect(rotated).toMatchObject({ status: 201, body: { models: ['small'], limits: { requestsPerMinute: 7 } } });
    const { id, key } = rotated.body as { id: string; key: string };
    expect([id, key]).not.toEqual([old.id, old.key]);
    const { text, body } = await call('GET', '/api/tenants/beta/keys?limit=200');
    expect(text).not.toContain(key);
    expect(body['data']).toContainEqual(
      expect.objectContaining({ id: old.id, rotatedTo: id, expiresAt: expect.any(String) }),
    );
    expect((await call('POST', `/api/tenants/beta/keys/${old.id}/rotate`, {})).status).toBe(409);
    const later = await call('PATCH', `/api/tenants/beta/keys/${old.id}`, { expiresAt: '2040-01-01T00:00:00Z' });
    expect(later.status).toBe(409);
  });

  it('let a tenant-admin give no more than the tenant has', async () => {
    const { id } = await newKey({}, ofBeta);
    const acting = await newKey({ scopes: ['inference', 'tenant:act-as'] });
    const keys = '/api/tenants/beta/keys';
    const refused = async (method: string, path: string, body: object): Promise<unknown> => {
      const reply = await call(method, path, body, ofBeta);
      return [reply.status, (reply.body['error'] as { param?: string } | undefined)?.param];
    };
    for (const [method, path, more] of [
      ['POST', keys, { name: 'k' }],
      ['PATCH', `${keys}/${id}`, {}],
    ] as const) {
      expect(await refused(method, path, { ...more, scopes: ['tenant:act-as'] })).toEqual([403, 'scopes']);
      expect(await refused(method, path, { ...more, models: ['secret-model'] })).toEqual([403, 'models']);
      const limits = { requestsPerMinute: 101 };
      expect(await refused(method, path, { ...more, limits })).toEqual([403, 'limits.requestsPerMinute']);
    }
    expect(await refused('POST', `${keys}/${acting.id}/rotate`, {})).toEqual([403, 'keyId']);
    expect(await refused('PATCH', `${keys}/${acting.id}`, { name: 'mine' })).toEqual([403, 'keyId']);
    expect((await call('DELETE', `${keys}/${acting.id}`, undefined, ofBeta)).status).toBe(204);
    const allowed = { models: ['small'], limits: { requestsPerMinute: 100 } };
    expect((await call('PATCH', `${keys}/${id}`, allowed, ofBeta)).status).toBe(200);
  });

  it('make no more keys of a tenant than anybody needs', async () => {
    await call('POST', '/api/tenants', { id: 'crowded' });
    await admin.app.get(DataSource).query(
      `INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes)
       SELECT gen_random_uuid(), 'crowded', 'k', 'rk-', decode(md5(n::text), 'hex'), '{inference}' FROM generate_series(1, 1000) n`,
    );
    const refused = await call('POST', '/api/tenants/crowded/keys', { name: 'one more' });
    expect(refused).toMatchObject({ status: 409, body: { error: { message: expect.stringContaining('1000') } } });
  });

  it('find no key of another tenant', async () => {
    const { id } = await newKey({});
    await call('POST', '/api/tenants', { id: 'delta' });
    for (const [method, path, body] of [
      ['PATCH', '', { name: 'x' }],
      ['POST', '/rotate', {}],
      ['DELETE', '', undefined],
    ] as const) {
      expect((await call(method, `/api/tenants/delta/keys/${id}${path}`, body)).status).toBe(404);
    }
  });

  it.each([
    ['POST', '/api/tenants', { id: "x'; DROP TABLE tenants --" }, 'id'],
    ['POST', '/api/tenants', { id: 'nul\0' }, 'id'],
    ['POST', '/api/tenants', { id: 'x', name: 'two\nlines' }, 'name'],
    ['POST', '/api/tenants', { id: 'x', limits: { requestsPerMinute: 1e12 } }, 'limits.requestsPerMinute'],
    ['PATCH', '/api/tenants/beta', {}, null],
    ['PATCH', '/api/tenants/beta', { id: 'other' }, 'id'],
    ['PATCH', '/api/tenants/beta', { tags: ['\u001b[31m'] }, 'tags[0]'],
    ['PATCH', '/api/tenants/be%00ta', { name: 'x' }, 'id'],
    ['GET', '/api/tenants?status=1%27%20OR%201=1', undefined, 'status'],
    ['GET', '/api/tenants?cursor=%00', undefined, 'cursor'],
    ['POST', '/api/tenants/beta/keys', { name: 'k', scopes: [] }, 'scopes'],
    ['POST', '/api/tenants/beta/keys', { name: 'k', expiresAt: 'tomorrow' }, 'expiresAt'],
    ['POST', '/api/tenants/beta/keys/x/rotate', { overlapSeconds: 2_592_001 }, 'overlapSeconds'],
    ['DELETE', '/api/tenants/beta/keys/%00', undefined, 'keyId'],
  ])('refuse %s %s %j', async (method, path, body, param) => {
    expect(await call(method, path, body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', param } },
    });
  });

  it.each([
    ['GET', "/api/tenants/x';--", undefined],
    ['PATCH', '/api/tenants/%F0%9F%92%A3', { name: 'x' }],
    ['DELETE', '/api/tenants/beta/keys/1 OR 1=1', undefined],
    ['POST', `/api/tenants/beta/keys/${'9'.repeat(90)}/rotate`, {}],
  ])('find nothing at %s %s', async (method, path, body) => {
    expect((await call(method, path, body)).status).toBe(404);
  });

  it('refuse a body that is larger than any request', async () => {
    const reply = await call('PATCH', '/api/tenants/beta', { name: 'x'.repeat(2_000_000) });
    expect([400, 413]).toContain(reply.status);
  });
});
