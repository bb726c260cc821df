import { UserService } from '@relay/auth';
import { saySkipped } from '@relay/testing';
import { type AdminApp, PASSWORD, type Reply, startAdmin } from '../../test/admin-app';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('the control plane on PostgreSQL, because TEST_DATABASE_URL is not set');

const NEW = 'a new and longer password';

describePostgres('the own password', () => {
  let admin: AdminApp;
  let email: string;
  let users = 0;
  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
  });
  afterAll(() => admin.close());
  beforeEach(async () => {
    email = `user-${users++}@example.org`;
    await admin.app
      .get(UserService, { strict: false })
      .create({ email, password: PASSWORD, role: 'viewer', tenant: null });
  });

  const login = (password: string): Promise<Reply> =>
    admin.call('POST', '/api/auth/login', { body: { email, password } });
  const tokenIn = (reply: Reply): string => String(reply.body.accessToken);
  const cookieIn = (reply: Reply): string => reply.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const change = (token: string, current: string, next = NEW): Promise<Reply> =>
    admin.call('POST', '/api/auth/password', { token, body: { current, new: next } });
  const statusOf = async (token: string): Promise<number> =>
    (await admin.call('GET', '/api/auth/me', { token })).status;

  it('is changed by whoever knows it, who goes on, while every other session ends', async () => {
    const [here, elsewhere] = [await login(PASSWORD), await login(PASSWORD)];
    const changed = await change(tokenIn(here), PASSWORD);
    expect(changed).toMatchObject({ status: 200, body: { user: { email } } });
    expect(await statusOf(tokenIn(changed))).toBe(200);
    expect((await admin.call('POST', '/api/auth/refresh', { cookie: cookieIn(changed) })).status).toBe(200);
    for (const session of [here, elsewhere]) {
      expect(await statusOf(tokenIn(session))).toBe(401);
      expect((await admin.call('POST', '/api/auth/refresh', { cookie: cookieIn(session) })).status).toBe(401);
    }
    expect([(await login(PASSWORD)).status, (await login(NEW)).status]).toEqual([401, 200]);
  });

  it('stays where the present one is wrong, the new one is too short or is the e-mail address', async () => {
    const token = tokenIn(await login(PASSWORD));
    expect(await change(token, 'wrong')).toMatchObject({ status: 400, body: { error: { param: 'current' } } });
    expect(await change(token, PASSWORD, 'short')).toMatchObject({ status: 400, body: { error: { param: 'new' } } });
    expect((await change(token, PASSWORD, email)).status).toBe(400);
    expect([await statusOf(token), (await login(PASSWORD)).status]).toEqual([200, 200]);
  });

  it('cannot be guessed with a stolen access token', async () => {
    const token = tokenIn(await login(PASSWORD));
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await change(token, `guess ${i}`)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(400), 429]);
  });
});
