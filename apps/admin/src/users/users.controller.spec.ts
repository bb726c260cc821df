import { saySkipped } from '@relay/testing';
import type { AuditPage, LoginReply, ManagedUser } from '@relay/contracts';
import { type AdminApp, PASSWORD, type Reply, startAdmin } from '../../test/admin-app';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl)
  saySkipped('users and the audit log over the API on PostgreSQL, because TEST_DATABASE_URL is not set');

const OTHER_PASSWORD = 'another password, as long';

describePostgres('users and the audit log over the API', () => {
  let admin: AdminApp;
  let owner = '';
  let count = 0;
  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    owner = await admin.tokenOf('owner');
  });
  afterAll(() => admin.close());

  const call = (method: string, path: string, body?: unknown, token = owner): Promise<Reply> =>
    admin.call(method, path, { token, body });
  const add = async (role: string): Promise<ManagedUser> => {
    const email = `person-${++count}@example.org`;
    const reply = await call('POST', '/api/users', { email, password: PASSWORD, role });
    expect(reply.status).toBe(201);
    return reply.body as unknown as ManagedUser;
  };
  const login = (email: string, password = PASSWORD): Promise<Reply> =>
    admin.call('POST', '/api/auth/login', { body: { email, password } });
  const tokenOf = async (email: string, password?: string): Promise<string> =>
    ((await login(email, password)).body as unknown as LoginReply).accessToken;
  const audited = async (query: string): Promise<AuditPage['data']> =>
    ((await call('GET', `/api/audit?${query}`)).body as unknown as AuditPage).data;

  it('are created, listed, changed and removed, and no password is ever shown', async () => {
    const user = await add('viewer');
    expect(await call('GET', `/api/users/${user.id}`)).toMatchObject({ status: 200, body: user });
    const listed = await call('GET', '/api/users?role=viewer');
    expect(listed.body['data']).toEqual([user]);
    const changed = await call('PATCH', `/api/users/${user.id}`, { role: 'operator', password: OTHER_PASSWORD });
    expect(changed).toMatchObject({ status: 200, body: { ...user, role: 'operator' } });
    expect((await call('DELETE', `/api/users/${user.id}`)).status).toBe(204);
    expect((await call('GET', `/api/users/${user.id}`)).status).toBe(404);
    const told = await audited(`target=${user.id}`);
    expect(told.map(({ action }) => action)).toEqual(['user.delete', 'user.update', 'user.create']);
    expect(told[1]?.detail).toMatchObject({ role: { from: 'viewer', to: 'operator' }, password: 'new' });
    expect(JSON.stringify([listed.text, told])).not.toMatch(/argon2|password, as long|correct horse/);
  });

  it('may do what their role allows at the very next request', async () => {
    const { id, email } = await add('operator');
    const token = await tokenOf(email);
    expect((await call('GET', '/api/audit', undefined, token)).status).toBe(200);
    await call('PATCH', `/api/users/${id}`, { role: 'viewer' });
    expect((await call('GET', '/api/audit', undefined, token)).status).toBe(403);
    await call('PATCH', `/api/users/${id}`, { disabled: true });
    expect((await call('GET', '/api/auth/me', undefined, token)).status).toBe(401);
    expect((await login(email)).status).toBe(401);
  });

  it('lose their access tokens too with a new password or a logout, and can log in at once', async () => {
    const { id, email } = await add('viewer');
    const me = async (token: string): Promise<number> => (await call('GET', '/api/auth/me', undefined, token)).status;
    const first = await tokenOf(email);
    expect(await me(first)).toBe(200);
    await call('PATCH', `/api/users/${id}`, { password: OTHER_PASSWORD });
    const second = await tokenOf(email, OTHER_PASSWORD);
    expect([await me(first), await me(second)]).toEqual([401, 200]);
    expect((await call('POST', `/api/users/${id}/logout`)).status).toBe(204);
    const third = await tokenOf(email, OTHER_PASSWORD);
    expect([await me(second), await me(third)]).toEqual([401, 200]);
  });

  it('keep the owner who asks, where he is the last', async () => {
    const [{ id } = { id: '' }] = ((await call('GET', '/api/users?role=owner')).body['data'] ?? []) as ManagedUser[];
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { disabled: true }],
      ['PATCH', { role: 'viewer' }],
    ] as const) {
      expect(await call(method, `/api/users/${id}`, body)).toMatchObject({
        status: 409,
        body: { error: { code: 'conflict', message: expect.stringContaining('last owner') } },
      });
    }
  });

  it('are in the audit log when they log in, and when somebody fails to, without what he typed', async () => {
    const { id, email } = await add('viewer');
    await login(email);
    await login(email, 'a wrong password');
    await login('my-secret-pass-phrase', 'x');
    const [unknown, failed, succeeded] = await audited('action=login&limit=3');
    expect(succeeded).toMatchObject({ action: 'login.success', actor: { id, email }, target: id });
    expect(failed).toMatchObject({
      action: 'login.failure',
      actor: { id: 'anonymous' },
      target: id,
      detail: { email },
    });
    expect(unknown).toMatchObject({ action: 'login.failure', target: 'unknown', detail: { address: '127.0.0.1' } });
    expect((await call('GET', '/api/audit?limit=200')).text).not.toContain('pass-phrase');
  });

  it('are in it when they reload the configuration or close breakers', async () => {
    await call('POST', '/api/config/reload');
    await call('POST', '/api/providers/sim/breakers/reset');
    expect(await audited('action=config')).toMatchObject([{ action: 'config.reload', target: 'relay.yaml' }]);
    expect(await audited('action=provider')).toMatchObject([{ action: 'provider.breakers-reset', target: 'sim' }]);
  });

  it('can prove the log', async () => {
    const verified = await call('GET', '/api/audit/verify');
    expect(verified).toMatchObject({ status: 200, body: { intact: true, broken: null } });
    const again = await call('GET', `/api/audit/verify?head=${String(verified.body['head'])}`);
    expect(again.body).toMatchObject({ intact: true });
    const missing = await call('GET', `/api/audit/verify?head=${'a'.repeat(64)}`);
    expect(missing.body).toMatchObject({ intact: false, broken: { reason: 'head-missing' } });
  });

  it('read the log page by page', async () => {
    const all = await audited('limit=200');
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Reply = await call('GET', `/api/audit?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...(page.body['data'] as AuditPage['data']).map(({ seq }) => seq));
      cursor = page.body['nextCursor'] as string | null;
    }
    expect(seen).toEqual(all.map(({ seq }) => seq));
  });

  const user = { email: 'x@example.org', password: PASSWORD, role: 'viewer' };
  it.each([
    ['POST', '/api/users', { ...user, email: 'grüße@example.org' }, 'email'],
    ['POST', '/api/users', { ...user, email: 'a@b.org\r\nforged: line' }, 'email'],
    ['POST', '/api/users', { ...user, email: `${'a'.repeat(300)}@example.org` }, 'email'],
    ['POST', '/api/users', { ...user, email: 'nul\0@example.org' }, 'email'],
    ['POST', '/api/users', { ...user, password: 'too short' }, 'password'],
    ['POST', '/api/users', { ...user, password: 'x'.repeat(2_000) }, 'password'],
    ['POST', '/api/users', { ...user, role: 'root' }, 'role'],
    ['POST', '/api/users', { ...user, role: 'tenant-admin' }, 'tenant'],
    ['POST', '/api/users', { ...user, role: 'tenant-admin', tenant: "a'; --" }, 'tenant'],
    ['PATCH', '/api/users/x', {}, null],
    ['GET', '/api/users?role=%27', undefined, 'role'],
    ['GET', '/api/users?cursor=eA', undefined, 'cursor'],
    ['GET', '/api/users/%00', undefined, 'id'],
    ['GET', '/api/audit?actor=%00', undefined, 'actor'],
    ['GET', `/api/audit?actor=${'x'.repeat(300)}`, undefined, 'actor'],
    ['GET', '/api/audit?action=%27%20OR%20true--', undefined, 'action'],
    ['GET', '/api/audit?target=%00', undefined, 'target'],
    ['GET', '/api/audit?from=yesterday', undefined, 'from'],
    ['GET', '/api/audit?to=2026-13-01T00:00:00Z', undefined, 'to'],
    ['GET', '/api/audit?cursor=1e9', undefined, 'cursor'],
    ['GET', '/api/audit?colour=red', undefined, 'colour'],
    ['GET', '/api/audit/verify?head=zz', undefined, 'head'],
  ])('refuse %s %s %j', async (method, path, body, param) => {
    expect(await call(method, path, body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', param } },
    });
  });

  it.each([
    "actor=' OR true --",
    'actor=%0Aforged',
    "target='; DROP TABLE audit_log --",
    'target=%25',
    'actor=%F0%9F%92%A3',
  ])('find nothing by %s', async (query) => {
    expect(await call('GET', `/api/audit?${query}`)).toMatchObject({ status: 200, body: { data: [] } });
  });
});
