import { FakeClock, saySkipped } from '@relay/testing';
import { type AuthContext, startAuth } from '../test/auth-context';
import { LoginService } from './login.service';
import { REUSE_GRACE_MS } from './persistence/refresh-token.repository';
import { UserService } from './user.service';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('identity on PostgreSQL, because TEST_DATABASE_URL is not set');

const EMAIL = 'ada@example.org';
const PASSWORD = 'a long enough password';

describePostgres('a refresh token', () => {
  const clock = new FakeClock();
  let context: AuthContext;
  let logins: LoginService;
  let elsewhere: string; // a session of the same user on another machine

  beforeAll(async () => {
    context = await startAuth(databaseUrl, { clock });
    logins = context.app.get(LoginService);
    await context.app.get(UserService).create({ email: EMAIL, password: PASSWORD, role: 'viewer', tenant: null });
  });
  afterAll(() => context.close());
  beforeEach(async () => {
    elsewhere = await login();
  });

  async function login(): Promise<string> {
    const session = await logins.login({ email: EMAIL, password: PASSWORD }, '127.0.0.1');
    if (!session.ok) throw session.error;
    return session.value.refreshToken;
  }

  /** The next token, or null for a refusal. */
  async function refresh(token: string): Promise<string | null> {
    const session = await logins.refresh(token);
    if (!session.ok) expect(session.error.code).toBe('invalid_credentials');
    return session.ok ? session.value.refreshToken : null;
  }

  it('that ended with a logout is refused, and ends no other session', async () => {
    const token = await login();
    await logins.logout(token);
    clock.advance(REUSE_GRACE_MS + 1);
    expect(await refresh(token)).toBeNull();
    expect(await refresh(elsewhere)).not.toBeNull();
  });

  it('that two tabs use at once, or a page that was left before the reply came, serves each of them', async () => {
    const token = await login();
    const outcomes = await Promise.all([refresh(token), refresh(token)]);
    outcomes.push(await refresh(token));
    expect(new Set(outcomes).size).toBe(3);
    for (const next of outcomes) expect(await refresh(next ?? '')).not.toBeNull();
    expect(await refresh(elsewhere)).not.toBeNull();
  });

  it('that comes again after a logout with its successor is refused', async () => {
    const token = await login();
    await logins.logout((await refresh(token)) ?? '');
    expect(await refresh(token)).toBeNull();
  });

  it('that comes again later ends every session of its user', async () => {
    const token = await login();
    const next = await refresh(token);
    clock.advance(REUSE_GRACE_MS);
    expect(await refresh(token)).toBeNull();
    expect(await refresh(next ?? '')).toBeNull();
    expect(await refresh(elsewhere)).toBeNull();
  });

  it('that comes again when its successor was used ends every session of its user at once', async () => {
    const token = await login();
    const last = await refresh((await refresh(token)) ?? '');
    expect(await refresh(token)).toBeNull();
    expect(await refresh(last ?? '')).toBeNull();
    expect(await refresh(elsewhere)).toBeNull();
  });
});
