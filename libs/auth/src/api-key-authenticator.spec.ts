import { type Principal, RelayError } from '@relay/core';
import { FakeClock, saySkipped } from '@relay/testing';
import { DataSource } from 'typeorm';
import { type AuthContext, configOf, startAuth, startAuthOn } from '../test/auth-context';
import { ApiKeyAuthenticator } from './api-key-authenticator';
import { ApiKeyService, generateApiKey } from './api-key.service';
import { LastUsedRecorder } from './last-used-recorder';
import { FRESH_MS } from './read-through-cache';
import { TenantService } from './tenant.service';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('identity on PostgreSQL, because TEST_DATABASE_URL is not set');

const CONFIG = {
  tenants: [
    { id: 'acme', weight: 3, keys: [{ name: 'ci', value: 'acme-key-1' }] },
    {
      id: 'ops',
      keys: [
        { name: 'proxy', value: 'ops-key-act-as', scopes: ['inference' as const, 'tenant:act-as' as const] },
        { name: 'reader', value: 'ops-key-no-inference', scopes: ['tenant:act-as' as const] },
        { name: 'old', value: 'ops-key-expired', expiresAt: '2025-12-31T00:00:00Z' },
      ],
    },
  ],
};

function code(verdict: Principal | RelayError): string {
  return verdict instanceof RelayError ? verdict.code : `tenant ${verdict.tenant.id}`;
}

describePostgres('an API key', () => {
  const clock = new FakeClock();
  let context: AuthContext;
  let authenticator: ApiKeyAuthenticator;
  let keys: ApiKeyService;

  beforeAll(async () => {
    context = await startAuth(databaseUrl, { config: CONFIG, clock });
    authenticator = context.app.get(ApiKeyAuthenticator);
    keys = context.app.get(ApiKeyService);
    await context.app
      .get(TenantService)
      .create({ id: 'db', weight: 2, tier: 'gold', tags: ['x'], models: ['m'], limits: { concurrency: 5 } });
  });
  afterAll(() => context.close());

  const check = async (key: string, tenant?: string): Promise<string> =>
    code(await authenticator.authenticate(`Bearer ${key}`, tenant));
  const newKey = (scopes: ('inference' | 'tenant:act-as')[] = ['inference'], expiresAt: string | null = null) =>
    keys.create('db', { name: 'k', scopes, expiresAt });

  it('of relay.yaml is known without waiting', () => {
    const verdict = authenticator.authenticate('Bearer acme-key-1', undefined);
    expect(verdict).toMatchObject({
      tenant: { id: 'acme', weight: 3, models: null },
      keyName: 'ci',
      scopes: ['inference'],
    });
  });

  it('of the database is known after one look, and then without waiting', async () => {
    const { key, id } = await newKey();
    const first = authenticator.authenticate(`Bearer ${key}`, undefined);
    expect(first).toBeInstanceOf(Promise);
    const tenant = { id: 'db', weight: 2, tier: 'gold', tags: ['x'], models: ['m'], limits: { concurrency: 5 } };
    expect(await first).toMatchObject({ tenant, keyId: id });
    expect(authenticator.authenticate(`Bearer ${key}`, undefined)).toMatchObject({ tenant, keyId: id });
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['of another scheme', 'Basic YTpi'],
    ['without a key', 'Bearer '],
    ['with two words', 'Bearer a b'],
    ['endless', `Bearer ${'x'.repeat(5_000)}`],
  ])('is asked for when the header is %s', (_, header) => {
    const verdict = authenticator.authenticate(header, undefined);
    expect(verdict).toMatchObject({
      code: 'invalid_api_key',
      message: expect.stringContaining('Authorization: Bearer <key>'),
    });
  });

  describe('in x-api-key', () => {
    const tenantOf = (authorization: string | undefined, apiKey: string): unknown => {
      const verdict = authenticator.authenticate(authorization, undefined, apiKey);
      return verdict instanceof RelayError ? verdict.code : verdict;
    };

    it('counts as one in Authorization does', () => {
      expect(tenantOf(undefined, 'acme-key-1')).toMatchObject({ tenant: { id: 'acme' } });
      expect(tenantOf('', 'acme-key-1')).toMatchObject({ tenant: { id: 'acme' } });
      expect(tenantOf('Bearer acme-key-1', '')).toMatchObject({ tenant: { id: 'acme' } });
      expect(tenantOf(undefined, 'some-other-key')).toBe('invalid_api_key');
    });

    it('may stand beside the same key in Authorization, and not beside another, be it as good', () => {
      expect(tenantOf('Bearer acme-key-1', 'acme-key-1')).toMatchObject({ tenant: { id: 'acme' } });
      expect(tenantOf('Bearer acme-key-1', 'ops-key-act-as')).toBe('invalid_api_key');
      expect(tenantOf('Basic YTpi', 'acme-key-1')).toBe('invalid_api_key');
    });

    it.each(['acme-key-1 x', 'acme-key-1, acme-key-1', 'x'.repeat(5_000)])('is refused as %.20s', (apiKey) => {
      expect(tenantOf(undefined, apiKey)).toBe('invalid_api_key');
    });
  });

  it('that is unknown, expired or revoked is refused in the same words', async () => {
    const expired = await newKey(['inference'], new Date(clock.now() + 1_000).toISOString());
    const revoked = await newKey();
    expect(await check(expired.key)).toBe('tenant db');
    expect(await check(revoked.key)).toBe('tenant db');
    clock.advance(1_001);
    await keys.revoke('db', revoked.id);
    const refusals = [expired.key, revoked.key, generateApiKey(), 'some-other-key', 'ops-key-expired'].map(
      async (key) => authenticator.authenticate(`Bearer ${key}`, undefined),
    );
    const bodies = (await Promise.all(refusals)).map((refusal) => refusal instanceof RelayError && refusal.toBody());
    expect(bodies[0]).toMatchObject({ error: { code: 'invalid_api_key' } });
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  /** Until another process has told this one; the clock stands still, so nothing ends by its age. */
  async function changed(key: string, from: string): Promise<string> {
    let verdict = await check(key);
    while (verdict === from) {
      await new Promise(setImmediate);
      verdict = await check(key);
    }
    return verdict;
  }

  it('revoked by another process stops at once', async () => {
    const { key, id } = await newKey();
    expect(await check(key)).toBe('tenant db');
    const other = await startAuthOn(context.databaseUrl, context.dataDir, { config: CONFIG });
    await other.app.get(ApiKeyService).revoke('db', id);
    expect(await changed(key, 'tenant db')).toBe('invalid_api_key');
    await other.app.close();
  });

  it('of a tenant that another process disables stops at once, and goes on when it is enabled again', async () => {
    const { key } = await newKey();
    expect(await check(key)).toBe('tenant db');
    expect(await check('ops-key-act-as', 'db')).toBe('tenant db');
    const other = await startAuthOn(context.databaseUrl, context.dataDir, { config: CONFIG });
    await other.app.get(TenantService).update('db', { disabled: true }, null);
    expect(await changed(key, 'tenant db')).toBe('invalid_api_key');
    expect(await check('ops-key-act-as', 'db')).toBe('tenant_forbidden');
    await other.app.get(TenantService).update('db', { disabled: false }, null);
    expect(await changed(key, 'invalid_api_key')).toBe('tenant db');
    await other.app.close();
  });

  it('has the models and limits of its own, and no model that its tenant has not', async () => {
    const limits = { requestsPerMinute: 5 };
    const request = { name: 'k', scopes: ['inference' as const, 'tenant:act-as' as const], expiresAt: null };
    const { key } = await keys.create('db', { ...request, models: ['m', 'other'], limits });
    const admit = async (tenant?: string): Promise<unknown> => authenticator.authenticate(`Bearer ${key}`, tenant);
    expect(await admit()).toMatchObject({ tenant: { id: 'db', models: ['m'] }, keyLimits: limits });
    expect(await admit('acme')).toMatchObject({ tenant: { id: 'acme', models: ['m', 'other'] }, keyLimits: limits });
  });

  it('that was rotated goes on for the overlap, beside the one that takes its place', async () => {
    const old = await newKey(['inference', 'tenant:act-as']);
    const rotated = await keys.rotate('db', old.id, { overlapSeconds: 60 }, null);
    if (!rotated.ok) throw rotated.error;
    expect(rotated.value).toMatchObject({ name: 'k', scopes: ['inference', 'tenant:act-as'], expiresAt: null });
    expect([await check(old.key), await check(rotated.value.key)]).toEqual(['tenant db', 'tenant db']);
    clock.advance(60_000);
    expect([await check(old.key), await check(rotated.value.key)]).toEqual(['invalid_api_key', 'tenant db']);
    const again = await keys.rotate('db', old.id, { overlapSeconds: 60 }, null);
    expect(again).toMatchObject({ ok: false, error: { code: 'conflict' } });
  });

  it('that two rotate at once gets one successor', async () => {
    const old = await newKey();
    const rotate = () => keys.rotate('db', old.id, { overlapSeconds: 0 }, null);
    const outcomes = await Promise.all([rotate(), rotate(), rotate()]);
    expect(outcomes.map(({ ok }) => ok).sort()).toEqual([false, false, true]);
    expect(await check(old.key)).toBe('invalid_api_key');
  });

  it('is looked up once by many requests that arrive together', async () => {
    const { key } = await newKey();
    const query = jest.spyOn(context.app.get(DataSource).driver, 'createQueryRunner');
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => check(key)));
    expect(new Set(verdicts)).toEqual(new Set(['tenant db']));
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
  });

  it('may name its own tenant, and another only with the scope for it', async () => {
    const plain = await newKey();
    const acting = await newKey(['inference', 'tenant:act-as']);
    expect(await check(plain.key, 'db')).toBe('tenant db');
    expect(await check(plain.key, '')).toBe('tenant db');
    expect(await check(plain.key, 'acme')).toBe('tenant_forbidden');
    expect(await check(acting.key, 'acme')).toBe('tenant acme');
    expect(await check('ops-key-act-as', 'db')).toBe('tenant db');
    expect(await check('acme-key-1', 'ops')).toBe('tenant_forbidden');
  });

  it('learns nothing about which tenants exist', async () => {
    const foreign = authenticator.authenticate('Bearer acme-key-1', 'ops');
    const missing = authenticator.authenticate('Bearer acme-key-1', 'no-such-tenant');
    const actingMissing = await authenticator.authenticate('Bearer ops-key-act-as', 'no-such-tenant');
    expect([missing, actingMissing].map((e) => (e as RelayError).toBody())).toEqual(
      Array(2).fill((foreign as RelayError).toBody()),
    );
  });

  it('needs the scope "inference"', async () => {
    expect(await check('ops-key-no-inference')).toBe('forbidden');
  });

  it('of a tenant that moved into relay.yaml takes the profile from there, at once', async () => {
    const { key } = await newKey();
    expect(await check(key)).toBe('tenant db');
    context.store.replace(configOf({ tenants: [...CONFIG.tenants, { id: 'db', weight: 9 }] }));
    expect(await authenticator.authenticate(`Bearer ${key}`, undefined)).toMatchObject({ tenant: { weight: 9 } });
    context.store.replace(configOf(CONFIG));
    expect(await authenticator.authenticate(`Bearer ${key}`, undefined)).toMatchObject({ tenant: { weight: 2 } });
  });

  it('made for a tenant of relay.yaml stops working when the tenant is taken out', async () => {
    const { key } = await keys.create('acme', { name: 'k', scopes: ['inference'], expiresAt: null });
    expect(await check(key)).toBe('tenant acme');
    context.store.replace(configOf({}));
    expect(await check(key)).toBe('invalid_api_key');
    context.store.replace(configOf(CONFIG));
  });

  it('has its last use written down', async () => {
    const { key, id } = await newKey();
    await check(key);
    const usedAt = new Date(clock.now()).toISOString();
    await context.app.get(LastUsedRecorder).flush();
    const listed = await keys.list('db', { limit: 200 });
    expect(listed).toMatchObject({
      value: { data: expect.arrayContaining([expect.objectContaining({ id, lastUsedAt: usedAt })]) },
    });
  });
});

describePostgres('while the database is away, an API key', () => {
  it('that is remembered goes on, and an unknown one is told to come back', async () => {
    const clock = new FakeClock();
    const context = await startAuth(databaseUrl, { clock });
    const authenticator = context.app.get(ApiKeyAuthenticator);
    await context.app.get(TenantService).create({ id: 'db', weight: 1, tier: 's', tags: [], models: null, limits: {} });
    const { key } = await context.app
      .get(ApiKeyService)
      .create('db', { name: 'k', scopes: ['inference'], expiresAt: null });
    expect(code(await authenticator.authenticate(`Bearer ${key}`, undefined))).toBe('tenant db');

    await context.app.get(DataSource).destroy();
    clock.advance(FRESH_MS);
    expect(code(await authenticator.authenticate(`Bearer ${key}`, undefined))).toBe('tenant db');
    expect(authenticator.authenticate(`Bearer ${key}`, undefined)).toMatchObject({ tenant: { id: 'db' } });
    expect(await authenticator.authenticate(`Bearer ${generateApiKey()}`, undefined)).toMatchObject({
      code: 'unavailable',
      retryAfterSeconds: 1,
    });
    await context.app.get(DataSource).initialize();
    await context.close();
  });
});
