import { UserService } from '@relay/auth';
import { ConfigStore, relayConfigSchema } from '@relay/config';
import { saySkipped, TokenIssuer } from '@relay/testing';
import type { JWTPayload } from 'jose';
import { type AdminApp, PASSWORD, type Reply, startAdmin } from '../../test/admin-app';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('the control plane on PostgreSQL, because TEST_DATABASE_URL is not set');

const now = (): number => Math.floor(Date.now() / 1_000);

describePostgres('a token of another issuer on the control plane', () => {
  let admin: AdminApp;
  let issuer: TokenIssuer;
  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    issuer = await TokenIssuer.start();
    configure([{ issuer: issuer.url, audience: 'relay-api', ...MAPPING }]);
  });
  afterAll(async () => {
    await admin.close();
    await issuer.close();
  });

  const MAPPING = {
    roleClaim: 'roles',
    roles: { ci: 'viewer', platform: 'operator', customer: 'tenant-admin' },
    tenantClaim: 'tenant',
  };

  function configure(jwt: object[]): void {
    const store = admin.app.get(ConfigStore, { strict: false });
    const { auth } = relayConfigSchema.parse({ auth: { jwt } });
    expect(store.replace({ ...store.current, auth })).toEqual([]);
  }

  const token = (claims: JWTPayload = {}): Promise<string> =>
    issuer.sign({ aud: 'relay-api', sub: 'pipeline-7', roles: ['ci'], exp: now() + 300, ...claims });
  const me = async (claims: JWTPayload = {}): Promise<Reply> =>
    admin.call('GET', '/api/auth/me', { token: await token(claims) });

  it('calls with the role that its claims say, as nobody of the relay', async () => {
    const id = expect.stringMatching(/^jwt:[0-9a-f]{8}:pipeline-7$/) as string;
    expect(await me()).toMatchObject({ status: 200, body: { id, email: 'pipeline-7', role: 'viewer' } });
    const named = await me({ roles: 'platform', email: 'ci@example.org' });
    expect(named.body).toMatchObject({ id, email: 'ci@example.org', role: 'operator' });
  });

  it('may do what its role may, and no more', async () => {
    const call = async (method: string, path: string, claims: JWTPayload): Promise<number> =>
      (await admin.call(method, path, { token: await token(claims) })).status;
    expect(await call('GET', '/api/policies', {})).toBe(200);
    expect(await call('POST', '/api/config/reload', {})).toBe(403);
    expect(await call('POST', '/api/config/reload', { roles: ['platform'] })).toBe(200);
    const customer = { roles: ['customer'], tenant: 'alpha' };
    expect(await call('GET', '/api/policies', customer)).toBe(403);
    expect(await call('GET', '/api/tenants/alpha/keys', customer)).toBe(200);
    expect(await call('GET', '/api/tenants/other/keys', customer)).toBe(404);
  });

  it.each<[string, JWTPayload]>([
    ['without a role', { roles: [] }],
    ['with a role that is not listed', { roles: ['owner'] }],
    ['of a tenant that does not exist', { roles: ['customer'], tenant: 'nobody' }],
    ['of a tenant-admin without a tenant', { roles: ['customer'] }],
    ['for another audience', { aud: 'others' }],
    ['that has expired', { exp: now() - 60 }],
    ['of another issuer', { iss: 'https://others.example' }],
    ['of an issuer that pretends to be the relay', { iss: 'llm-relay', aud: 'llm-relay/api' }],
    ['without a subject', { sub: undefined }],
  ])('%s is refused', async (_, claims) => {
    expect(await me(claims)).toMatchObject({ status: 401, body: { error: { code: 'invalid_credentials' } } });
  });

  it('changes no password, not even of a user with its e-mail address', async () => {
    const users = admin.app.get(UserService, { strict: false });
    await users.create({ email: 'ann@example.org', password: PASSWORD, role: 'owner', tenant: null });
    const reply = await admin.call('POST', '/api/auth/password', {
      token: await token({ email: 'ann@example.org' }),
      body: { current: PASSWORD, new: 'another password of ann' },
    });
    expect(reply).toMatchObject({ status: 400, body: { error: { param: 'current' } } });
    const login = { email: 'ann@example.org', password: PASSWORD };
    expect((await admin.call('POST', '/api/auth/login', { body: login })).status).toBe(200);
  });

  it('cannot be told right or wrong while its issuer is away, and others go on', async () => {
    configure([{ issuer: issuer.url, audience: ['relay-api', 'more'], ...MAPPING }]); // forgets the keys
    issuer.outage = 'error';
    const reply = await me();
    expect(reply).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    const own = await admin.tokenOf('viewer');
    expect((await admin.call('GET', '/api/auth/me', { token: own })).status).toBe(200);
  });

  it('is nothing where no issuer is trusted', async () => {
    issuer.outage = 'none';
    configure([]);
    expect((await me()).status).toBe(401);
  });
});
