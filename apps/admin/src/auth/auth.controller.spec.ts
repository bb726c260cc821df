import { saySkipped } from '@relay/testing';
import { createHmac } from 'node:crypto';
import { UserService } from '@relay/auth';
import { type AdminApp, JWT_SECRET, PASSWORD, type Reply, startAdmin } from '../../test/admin-app';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('the control plane on PostgreSQL, because TEST_DATABASE_URL is not set');

const EMAIL = 'Grace@example.org';
const now = (): number => Math.floor(Date.now() / 1_000);

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** A token by hand, so that it can be wrong in one point. */
function forge(claims: object, { alg = 'HS256', secret = JWT_SECRET } = {}): string {
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  const hashes: Record<string, string> = { HS256: 'sha256', HS512: 'sha512' };
  const hash = hashes[alg];
  return `${signed}.${hash ? createHmac(hash, secret).update(signed).digest('base64url') : ''}`;
}

function cookieOf(reply: Reply): string {
  return reply.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

describePostgres('a session', () => {
  let admin: AdminApp;
  let userId: string;
  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    const user = await admin.app
      .get(UserService, { strict: false })
      .create({ email: EMAIL, password: PASSWORD, role: 'operator', tenant: null });
    userId = user.ok ? user.value.id : '';
  });
  afterAll(() => admin.close());

  const login = (): Promise<Reply> =>
    admin.call('POST', '/api/auth/login', { body: { email: EMAIL, password: PASSWORD } });
  const refresh = (cookie: string): Promise<Reply> => admin.call('POST', '/api/auth/refresh', { cookie });

  it('begins with the right password and tells who is logged in', async () => {
    const reply = await login();
    const user = { id: userId, email: 'grace@example.org', role: 'operator' };
    expect(reply).toMatchObject({ status: 200, body: { expiresIn: 900, user } });
    const me = await admin.call('GET', '/api/auth/me', { token: String(reply.body.accessToken) });
    expect(me).toMatchObject({ status: 200, body: user });
  });

  it('keeps its refresh token out of the reach of scripts and other sites', async () => {
    const cookie = (await login()).headers.getSetCookie()[0];
    expect(cookie).toMatch(/^relay_refresh=[\w-]{43}; /);
    for (const attribute of ['Path=/api/auth', 'HttpOnly', 'SameSite=Strict', 'Max-Age=1209600']) {
      expect(cookie).toContain(attribute);
    }
  });

  it.each(['login', 'refresh', 'logout'])(
    'is not touched by a %s that a page of another site asks for',
    async (what) => {
      const cookie = cookieOf(await login());
      const body = 'email=grace%40example.org&password=x';
      const headers = { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' };
      const reply = await admin.call('POST', `/api/auth/${what}`, { cookie, body, headers });
      expect(reply).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
      expect(reply.headers.getSetCookie()).toEqual([]);
      expect((await refresh(cookie)).status).toBe(200);
    },
  );

  it('is refused in the same words for an unknown user and for a wrong password', async () => {
    const wrong = await admin.call('POST', '/api/auth/login', { body: { email: EMAIL, password: 'wrong' } });
    const unknown = await admin.call('POST', '/api/auth/login', {
      body: { email: 'nobody@example.org', password: PASSWORD },
    });
    expect(wrong).toMatchObject({
      status: 401,
      body: { error: { code: 'invalid_credentials', type: 'authentication_error' } },
    });
    expect(unknown.body).toEqual(wrong.body);
    expect(unknown.status).toBe(401);
  });

  it('cannot be guessed for long', async () => {
    const guess = (): Promise<Reply> =>
      admin.call('POST', '/api/auth/login', { body: { email: 'target@example.org', password: 'guess' } });
    const guesses: Reply[] = [];
    for (let i = 0; i < 11; i++) guesses.push(await guess());
    expect(guesses.map(({ status }) => status)).toEqual([...Array<number>(10).fill(401), 429]);
    expect(guesses[10]?.body).toMatchObject({ error: { code: 'rate_limited' } });
    expect(Number(guesses[10]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await login()).status).toBe(200); // other accounts are not locked out
  });

  describe('access token', () => {
    const good = (): Record<string, unknown> => ({
      sub: userId,
      iss: 'llm-relay',
      aud: 'llm-relay/api',
      iat: now(),
      exp: now() + 60,
    });
    const cases: Record<string, () => string> = {
      'signed with another secret': () => forge(good(), { secret: 'x'.repeat(40) }),
      'without a signature (alg none)': () => forge(good(), { alg: 'none' }),
      'of another algorithm': () => forge(good(), { alg: 'HS512' }),
      'that has expired': () => forge({ ...good(), exp: now() - 1 }),
      'for another audience': () => forge({ ...good(), aud: 'somebody-else' }),
      'of another issuer': () => forge({ ...good(), iss: 'somebody-else' }),
      'of a user who does not exist': () => forge({ ...good(), sub: '00000000-0000-4000-8000-000000000000' }),
      'of a subject that is no user id': () => forge({ ...good(), sub: 'root' }),
      'that was tampered with': () => {
        const [head, , signature] = forge(good()).split('.');
        return `${head}.${encode({ ...good(), sub: 'root' })}.${signature}`;
      },
      'that is no token': () => 'abc',
    };

    it('made by hand in the right way is accepted, so the cases below are refused for what is wrong with them', async () => {
      expect((await admin.call('GET', '/api/auth/me', { token: forge(good()) })).status).toBe(200);
    });

    it.each(Object.keys(cases))('%s is refused', async (name) => {
      const reply = await admin.call('GET', '/api/auth/me', { token: cases[name]?.() });
      expect(reply).toMatchObject({ status: 401, body: { error: { code: 'invalid_credentials' } } });
    });
  });

  it('goes on with a new pair of tokens', async () => {
    const first = cookieOf(await login());
    const reply = await refresh(first);
    expect(reply).toMatchObject({ status: 200, body: { user: { id: userId } } });
    expect(cookieOf(reply)).not.toBe(first);
    expect((await refresh(cookieOf(reply))).status).toBe(200);
  });

  it('and every other one of the user ends when a used refresh token comes again', async () => {
    const elsewhere = cookieOf(await login());
    const stolen = cookieOf(await login());
    const next = cookieOf(await refresh(cookieOf(await refresh(stolen))));
    expect(await refresh(stolen)).toMatchObject({ status: 401, body: { error: { code: 'invalid_credentials' } } });
    expect((await refresh(next)).status).toBe(401);
    expect((await refresh(elsewhere)).status).toBe(401);
  });

  it('is continued by two tabs that use the same refresh token at once, each with one of its own', async () => {
    const cookie = cookieOf(await login());
    const replies = await Promise.all([refresh(cookie), refresh(cookie)]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(cookieOf(replies[0])).not.toBe(cookieOf(replies[1]));
  });

  it('ends with a logout', async () => {
    const cookie = cookieOf(await login());
    const reply = await admin.call('POST', '/api/auth/logout', { cookie });
    expect(reply.status).toBe(204);
    expect(reply.headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect((await refresh(cookie)).status).toBe(401);
  });

  it('does not go on without a refresh token, or with a made up one', async () => {
    expect((await admin.call('POST', '/api/auth/refresh')).status).toBe(401);
    expect((await refresh('relay_refresh=made-up')).status).toBe(401);
  });
});
