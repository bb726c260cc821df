import { ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import { UserService } from '@relay/auth';
import { freePort, saySkipped } from '@relay/testing';
import { DataSource } from 'typeorm';
import { type AdminApp, PASSWORD, startAdmin } from '../../test/admin-app';
import { Browser, passProvider } from '../../test/browser';
import { OidcProviderProcess } from '../../test/oidc-provider-process';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('the control plane on PostgreSQL, because TEST_DATABASE_URL is not set');

describePostgres('a login with an OpenID provider', () => {
  let admin: AdminApp;
  let base: string;
  let provider: OidcProviderProcess;
  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    base = (await admin.app.getUrl()).replace('[::1]', '127.0.0.1');
    provider = await OidcProviderProcess.start(`${base}/api/auth/oidc/sso/callback`);
  });
  afterAll(async () => {
    await provider.stop();
    await admin.close();
  });
  beforeEach(() => configure({}));

  const start = (returnTo = '/traces?tenant=acme'): string =>
    `${base}/api/auth/oidc/sso/start?returnTo=${encodeURIComponent(returnTo)}`;
  const isConsole = (url: string): boolean => url.startsWith(base) && !url.startsWith(`${base}/api/`);
  const isCallback = (url: string): boolean => url.startsWith(`${base}/api/auth/oidc/sso/callback`);

  function configure(more: object, passwordLogin = true): void {
    const sso = {
      ...{
        id: 'sso',
        name: 'Company',
        issuer: provider.issuer,
        clientId: 'relay',
        clientSecret: 'secret-of-the-relay',
      },
      ...{ roleClaim: 'groups', roles: { admins: 'owner', readers: 'viewer', customers: 'tenant-admin' } },
      ...{ tenantClaim: 'tenant', ...more },
    };
    const store = admin.app.get(ConfigStore, { strict: false });
    const { auth } = relayConfigSchema.parse({ auth: { publicUrl: base, passwordLogin, oidc: [sso] } });
    expect(store.replace({ ...store.current, auth } satisfies RelayConfig)).toEqual([]);
  }

  /** Where the login ends, and as whom. */
  async function login(name: string, browser = new Browser()): Promise<[string, unknown]> {
    const end = await passProvider(browser, start(), name, isConsole);
    const cookie = browser.cookieHeader(`${base}/api/auth/refresh`);
    const { body } = await admin.call('POST', '/api/auth/refresh', { cookie });
    return [end.slice(base.length), body.user];
  }

  const person = (name: string, more: object = {}): object => ({
    [name]: { email: `${name}@example.org`, email_verified: true, groups: ['readers'], ...more },
  });
  const newUser = (email: string, role: 'owner' | 'viewer' = 'viewer') =>
    admin.app.get(UserService, { strict: false }).create({ email, password: PASSWORD, role, tenant: null });

  it('is offered to whoever asks how to log in', async () => {
    const startUrl = '/api/auth/oidc/sso/start';
    const reply = await admin.call('GET', '/api/auth/methods');
    expect(reply.body).toEqual({ password: true, oidc: [{ id: 'sso', name: 'Company', startUrl }] });
  });

  it('can be the only way in', async () => {
    configure({}, false);
    await newUser('pat@example.org');
    const body = { email: 'pat@example.org', password: PASSWORD };
    expect(await admin.call('POST', '/api/auth/login', { body })).toMatchObject({ status: 403 });
    expect((await admin.call('GET', '/api/auth/methods')).body).toMatchObject({ password: false });
  });

  it('makes a user with the role that the claims say, and ends where it was begun', async () => {
    await provider.knows({ ...person('ada') });
    const [end, user] = await login('ada');
    expect(end).toBe('/traces?tenant=acme');
    expect(user).toEqual({ id: expect.any(String), email: 'ada@example.org', role: 'viewer' });
    expect((await login('ada'))[1]).toEqual(user);
  });

  it('follows the claims from login to login', async () => {
    await provider.knows({ ...person('tess', { groups: ['customers'], tenant: 'alpha' }) });
    expect((await login('tess'))[1]).toMatchObject({ role: 'tenant-admin', tenant: 'alpha' });
    await provider.knows({ ...person('tess', { groups: ['admins', 'readers'], email: 'new@example.org' }) });
    expect((await login('tess'))[1]).toMatchObject({ role: 'owner', email: 'tess@example.org' });
    await provider.knows({ ...person('tess', { groups: ['customers'], tenant: 'nobody' }) });
    expect(await login('tess')).toEqual(['/login?error=not_allowed', undefined]);
  });

  it('never takes the last owner away', async () => {
    const dataSource = admin.app.get(DataSource, { strict: false });
    await provider.knows({ ...person('last', { groups: ['admins'] }) });
    await login('last');
    await dataSource.query(`UPDATE users SET disabled_at = now() WHERE role = 'owner' AND email <> 'last@example.org'`);
    await provider.knows({ ...person('last', { groups: ['readers'] }) });
    expect((await login('last'))[1]).toMatchObject({ role: 'owner' });
  });

  it('is refused to who has no role, and makes no user', async () => {
    await provider.knows({ ...person('guest', { groups: ['others'] }) });
    expect(await login('guest')).toEqual(['/login?error=not_allowed', undefined]);
    configure({ defaultRole: 'viewer' });
    expect((await login('guest'))[1]).toMatchObject({ role: 'viewer' });
  });

  it('is linked to a user of that address only where the provider has verified it', async () => {
    const made = await newUser('Bob@Example.org');
    await provider.knows({ ...person('bob', { email_verified: false }) });
    expect(await login('bob')).toEqual(['/login?error=email_unverified', undefined]);
    await provider.knows({ ...person('bob') });
    expect((await login('bob'))[1]).toMatchObject({ id: made.ok && made.value.id });
    // From now on the subject counts, whatever becomes of the address.
    await provider.knows({ ...person('bob', { email: 'robert@example.org', email_verified: false }) });
    expect((await login('bob'))[1]).toMatchObject({ id: made.ok && made.value.id, email: 'bob@example.org' });
  });

  it('gives nobody an account that somebody else made with his address', async () => {
    await provider.knows({ ...person('squatter', { email: 'victim@example.org', email_verified: false }) });
    expect((await login('squatter'))[1]).toMatchObject({ email: 'victim@example.org' });
    await provider.knows({ ...person('victim') });
    expect(await login('victim')).toEqual(['/login?error=email_unverified', undefined]);
  });

  it('lets owners decide on roles where no claim does', async () => {
    configure({ roleClaim: undefined });
    await newUser('carl@example.org', 'owner');
    await provider.knows({ ...person('carl'), ...person('dora') });
    expect((await login('carl'))[1]).toMatchObject({ role: 'owner' });
    expect(await login('dora')).toEqual(['/login?error=not_allowed', undefined]);
  });

  it('can be kept to verified addresses of some domains', async () => {
    configure({ allowedDomains: ['Example.org'] });
    const elsewhere = person('fay', { email: 'fay@elsewhere.example' });
    await provider.knows({ ...person('eve'), ...elsewhere, ...person('gus', { email_verified: false }) });
    expect((await login('eve'))[1]).toMatchObject({ email: 'eve@example.org' });
    expect((await login('fay'))[0]).toBe('/login?error=not_allowed');
    expect((await login('gus'))[0]).toBe('/login?error=email_unverified');
  });

  it('says so when the user says no', async () => {
    const browser = new Browser();
    const page = await browser.open(start());
    const abort = /href="([^"]+\/abort)"/.exec(page.text)?.[1] ?? '';
    const end = await browser.open(new URL(abort, page.url).href, isConsole);
    expect(end.url).toBe(`${base}/login?error=access_denied`);
  });

  describe('comes back from the provider', () => {
    async function comeBack(browser: Browser): Promise<string> {
      await provider.knows({ ...person('ada') });
      return passProvider(browser, start(), 'ada', isCallback);
    }
    const endOf = async (browser: Browser, url: string): Promise<string> =>
      (await browser.open(url, isConsole)).url.slice(base.length);

    it('once: a code that is used again is refused, also with the state of the first time', async () => {
      const browser = new Browser();
      const url = await comeBack(browser);
      const cookie = browser.cookieHeader(url);
      expect(await endOf(browser, url)).toBe('/traces?tenant=acme');
      expect(await endOf(browser, url)).toBe('/login?error=login_expired');
      const { headers } = await fetch(url, { headers: { cookie }, redirect: 'manual' });
      expect(headers.get('location')).toBe('/login?error=provider_refused');
    });

    it('in the browser where it began, with its own state', async () => {
      const browser = new Browser();
      const url = new URL(await comeBack(browser));
      expect(await endOf(new Browser(), url.href)).toBe('/login?error=login_expired');
      url.searchParams.set('state', 'made-up');
      expect(await endOf(browser, url.href)).toBe('/login?error=login_expired');
    });

    it('with a state that nobody changed', async () => {
      const browser = new Browser();
      const url = await comeBack(browser);
      const [head, , signature] = browser.cookieHeader(url).replace('relay_login=', '').split('.');
      const forged = Buffer.from(JSON.stringify({ provider: 'sso', state: 'x', returnTo: '//evil.example' }));
      const cookie = `relay_login=${head}.${forged.toString('base64url')}.${signature}`;
      const { headers } = await fetch(url, { headers: { cookie }, redirect: 'manual' });
      expect(headers.get('location')).toBe('/login?error=login_expired');
    });

    it('with a code that the provider gave, and to the provider that it began with', async () => {
      const browser = new Browser();
      const url = new URL(await comeBack(browser));
      url.searchParams.set('code', 'made-up');
      expect(await endOf(browser, url.href)).toBe('/login?error=provider_refused');
    });
  });

  it('ends at home where it was begun by a link that leads elsewhere', async () => {
    await provider.knows({ ...person('ada') });
    const end = await passProvider(new Browser(), start('//evil.example/'), 'ada', isConsole);
    expect(end).toBe(`${base}/`);
  });

  it('hides what it remembers from scripts, other paths and later', async () => {
    const { headers } = await fetch(start(), { redirect: 'manual' });
    const cookie = headers.getSetCookie()[0] ?? '';
    for (const attribute of ['relay_login=', 'HttpOnly', 'SameSite=Lax', 'Path=/api/auth/oidc', 'Max-Age=600'])
      expect(cookie).toContain(attribute);
    const sent = new URL(headers.get('location') ?? '').searchParams;
    expect(sent.get('code_challenge_method')).toBe('S256');
    expect(sent.get('redirect_uri')).toBe(`${base}/api/auth/oidc/sso/callback`);
    expect([sent.get('state'), sent.get('nonce')]).not.toContain(null);
  });

  it('does not go where the Host header says', async () => {
    const { headers } = await fetch(start(), { redirect: 'manual', headers: { 'x-forwarded-host': 'evil.example' } });
    expect(headers.get('location')).not.toContain('evil.example');
  });

  it('of a provider that is not there says so, and hangs nowhere', async () => {
    configure({ issuer: `http://127.0.0.1:${await freePort()}` });
    const { headers } = await fetch(start(), { redirect: 'manual' });
    expect(headers.get('location')).toBe('/login?error=provider_unavailable');
    const unknown = await admin.call('GET', '/api/auth/oidc/other/start');
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  });

  it('of a provider that stops answering ends after a while', async () => {
    await provider.knows({ ...person('ada') });
    const browser = new Browser();
    const url = await passProvider(browser, start(), 'ada', isCallback);
    provider.pause();
    try {
      const end = await browser.open(url, isConsole);
      expect(end.url).toBe(`${base}/login?error=provider_unavailable`);
    } finally {
      provider.resume();
    }
  });
});
