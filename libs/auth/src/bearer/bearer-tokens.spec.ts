import { type Clock, RelayError } from '@relay/core';
import { FakeClock, saySkipped, TokenIssuer } from '@relay/testing';
import type { JWTPayload } from 'jose';
import { type AuthContext, configOf, startAuth } from '../../test/auth-context';
import { ApiKeyAuthenticator } from '../api-key-authenticator';
import { Principals } from '../principals.service';
import { TenantService } from '../tenant.service';
import { REVERIFY_MS } from './bearer-memory';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('identity on PostgreSQL, because TEST_DATABASE_URL is not set');

const TENANTS = [{ id: 'acme' }, { id: 'globex', models: ['small', 'large'] }];
const LIFE_SECONDS = 3_600;

describePostgres('a token of another issuer on the data plane', () => {
  const clock = new FakeClock();
  let setBackMs = 0; // what somebody did to the wall clock
  let issuer: TokenIssuer;
  let context: AuthContext;
  let authenticator: ApiKeyAuthenticator;
  beforeAll(async () => {
    const wall: Clock = {
      now: () => clock.now() - setBackMs,
      monotonic: () => clock.monotonic(),
      after: (ms, callback) => clock.after(ms, callback),
    };
    issuer = await TokenIssuer.start();
    context = await startAuth(databaseUrl, { config: { tenants: TENANTS }, clock: wall });
    authenticator = context.app.get(ApiKeyAuthenticator);
    await context.app
      .get(TenantService)
      .create({ id: 'stored', weight: 2, tier: 'gold', tags: [], models: null, limits: {} });
  });
  afterAll(async () => {
    await context.close();
    await issuer.close();
  });
  beforeEach(() => {
    issuer.outage = 'none';
    configure({});
  });

  function configure(more: object): void {
    const bearer = [{ issuer: issuer.url, audience: 'llm', jwksUrl: issuer.jwksUrl, ...more }];
    expect(context.store.replace(configOf({ tenants: TENANTS, auth: { bearer: [] } }))).toEqual([]);
    expect(context.store.replace(configOf({ tenants: TENANTS, auth: { bearer } }))).toEqual([]);
  }

  const now = (): number => Math.floor(clock.now() / 1_000);
  const token = (claims: JWTPayload = {}, kid = 'first'): Promise<string> =>
    issuer.sign({ aud: 'llm', sub: 'ada', tenant: 'acme', exp: now() + LIFE_SECONDS, ...claims }, { kid });
  async function check(bearer: string, tenantHeader?: string): Promise<unknown> {
    const verdict = await authenticator.authenticate(`Bearer ${bearer}`, tenantHeader);
    return verdict instanceof RelayError ? verdict.code : verdict;
  }

  it('stands for its tenant, with its subject as the key', async () => {
    expect(await check(await token())).toMatchObject({
      tenant: { id: 'acme', models: null },
      keyId: expect.stringMatching(/^jwt:[0-9a-f]{8}:ada$/),
      keyName: 'ada',
      scopes: ['inference'],
    });
    expect(await check(await token({ tenant: 'stored' }))).toMatchObject({ tenant: { id: 'stored', weight: 2 } });
  });

  it('calls subjects that are long or strange by their hash', async () => {
    for (const sub of ['x'.repeat(500), 'a b', 'line\nbreak', '~tilde', 'é'])
      expect(await check(await token({ sub }))).toMatchObject({
        keyId: expect.stringMatching(/^jwt:.{8}:~[0-9a-f]{32}$/),
      });
  });

  it('is known without waiting once it was verified, and costs no look at its issuer', async () => {
    const bearer = await token();
    expect(authenticator.authenticate(`Bearer ${bearer}`, undefined)).toBeInstanceOf(Promise);
    const first = await check(bearer);
    const { fetches } = issuer;
    expect(authenticator.authenticate(`Bearer ${bearer}`, undefined)).toBe(first);
    expect(issuer.fetches).toBe(fetches);
  });

  it('is told in one way of everything that is wrong with it', async () => {
    const wrong = [
      token({ aud: 'others' }),
      token({ iss: 'https://others.example' }),
      token({ exp: now() - 60 }),
      token({ nbf: now() + 60 }),
      token({ tenant: 'nobody' }),
      token({ tenant: undefined }),
      token({ sub: undefined }),
      token({ sub: 'x'.repeat(600) }),
    ];
    const refusals = await Promise.all(
      [...(await Promise.all(wrong)), 'ab.cd.ef', 'eyJhbGciOiJub25lIn0.e30.'].map(async (bearer) => {
        const verdict = await authenticator.authenticate(`Bearer ${bearer}`, undefined);
        return verdict instanceof RelayError ? [verdict.status, verdict.code, verdict.message] : verdict;
      }),
    );
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
    expect(refusals[0]).toMatchObject([401, 'invalid_api_key', expect.any(String)]);
  });

  it('ends when it expires', async () => {
    const bearer = await token({ exp: now() + 300 });
    expect(await check(bearer)).toMatchObject({ keyName: 'ada' });
    clock.advance(304_000);
    expect(await check(bearer)).toMatchObject({ keyName: 'ada' }); // clocks may be 5 s apart
    clock.advance(1_000);
    expect(await check(bearer)).toBe('invalid_api_key');
  });

  it('does not come back where the clock is set back', async () => {
    const bearer = await token({ iat: now(), exp: now() + 300 });
    expect(await check(bearer)).toMatchObject({ keyName: 'ada' });
    clock.advance(305_000);
    setBackMs = 400_000;
    try {
      expect(await check(bearer)).toBe('invalid_api_key');
    } finally {
      setBackMs = 0;
    }
  });

  it('is verified anew after a while, so that a key which its issuer withdrew is good for nothing', async () => {
    await issuer.addKey('stolen', 'ES256');
    const bearer = await token({}, 'stolen');
    expect(await check(bearer)).toMatchObject({ keyName: 'ada' });
    issuer.withdraw('stolen');
    clock.advance(REVERIFY_MS);
    let verdict = await check(bearer); // the issuer is asked beside
    while (typeof verdict !== 'string') {
      clock.advance(REVERIFY_MS);
      verdict = await check(bearer);
    }
    expect(verdict).toBe('invalid_api_key');
  });

  it('goes on while its issuer is away; others have to come again', async () => {
    const known = await token();
    await check(known);
    issuer.outage = 'error';
    expect(await check(known)).toMatchObject({ keyName: 'ada' });
    expect(await check(await token({ sub: 'eve' }))).toMatchObject({ keyName: 'eve' }); // the keys are remembered
    const { auth } = context.store.current;
    context.store.replace({ ...configOf({ tenants: [...TENANTS, { id: 'third' }] }), auth });
    expect(await check(known)).toMatchObject({ keyName: 'ada' }); // another change forgets nothing
    configure({ subjectClaim: 'azp' });
    const verdict = await authenticator.authenticate(`Bearer ${await token({ azp: 'app' })}`, undefined);
    expect(verdict).toMatchObject({ code: 'unavailable', status: 503, retryAfterSeconds: 1 });
  });

  it('has the scopes that its own say, where relay.yaml lists them', async () => {
    configure({ scopes: { 'llm.use': 'inference', 'llm.any': 'tenant:act-as' } });
    expect(await check(await token({ scope: 'openid llm.use' }))).toMatchObject({ scopes: ['inference'] });
    expect(await check(await token({ scope: 'openid' }))).toBe('forbidden');
    expect(await check(await token())).toBe('forbidden');
    const acting = await token({ scope: 'llm.use llm.any' });
    expect(await check(acting, 'globex')).toMatchObject({ tenant: { id: 'globex' } });
    expect(await check(acting, 'nobody')).toBe('tenant_forbidden');
  });

  it('may name no other tenant than its own in X-Tenant-Id', async () => {
    const bearer = await token();
    expect(await check(bearer, 'acme')).toMatchObject({ tenant: { id: 'acme' } });
    expect(await check(bearer, 'globex')).toBe('tenant_forbidden');
  });

  it('may use the models that it names, of those of its tenant', async () => {
    configure({ modelsClaim: 'models' });
    const models = async (claims: JWTPayload): Promise<unknown> => {
      const verdict = await authenticator.authenticate(`Bearer ${await token(claims)}`, undefined);
      return verdict instanceof RelayError ? verdict.code : verdict.tenant.models;
    };
    expect(await models({ models: ['small', 'secret'] })).toEqual(['small', 'secret']);
    expect(await models({ tenant: 'globex', models: ['small', 'secret'] })).toEqual(['small']);
    expect(await models({})).toEqual([]);
  });

  it('follows its tenant as it changes', async () => {
    const bearer = await token({ tenant: 'globex' });
    expect(await check(bearer)).toMatchObject({ tenant: { models: ['small', 'large'] } });
    const { auth } = context.store.current;
    const tenants = [{ id: 'globex', models: ['small'] }];
    context.store.replace({ ...configOf({ tenants }), auth });
    expect(await check(bearer)).toMatchObject({ tenant: { models: ['small'] } });
    context.store.replace({ ...configOf({}), auth });
    expect(await check(bearer)).toBe('invalid_api_key');
  });

  it('is unknown when its issuer is no longer trusted', async () => {
    const bearer = await token();
    await check(bearer);
    context.store.replace(configOf({ tenants: TENANTS }));
    expect(await check(bearer)).toBe('invalid_api_key');
  });

  it('leaves behind work that goes on when it has expired, as long as its issuer is trusted', async () => {
    const principals = context.app.get(Principals);
    const verdict = await authenticator.authenticate(`Bearer ${await token()}`, undefined);
    const keyId = verdict instanceof RelayError ? '' : verdict.keyId;
    expect(await principals.byKeyId(keyId, 'acme')).toEqual(verdict);
    expect(await principals.byKeyId(keyId, 'nobody')).toBeNull();
    configure({ modelsClaim: 'models' }); // which ones it had named is not known any more
    expect(await principals.byKeyId(keyId, 'acme')).toBeNull();
    context.store.replace(configOf({ tenants: TENANTS }));
    expect(await principals.byKeyId(keyId, 'acme')).toBeNull();
  });
});
