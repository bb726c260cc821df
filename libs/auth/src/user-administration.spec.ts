import type { CreateUser } from '@relay/contracts';
import { FakeClock, saySkipped } from '@relay/testing';
import { type AuthContext, startAuth, startAuthOn } from '../test/auth-context';
import { LoginService } from './login.service';
import { UserAdministration } from './user-administration.service';
import { UserService } from './user.service';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('users on PostgreSQL, because TEST_DATABASE_URL is not set');

const PASSWORD = 'a long enough password';
const OTHER_PASSWORD = 'another password, as long';
const ACTOR = { id: 'test', email: 'test@example.org' };
const LAST_OWNER = { ok: false, error: { code: 'conflict', message: expect.stringContaining('last owner') } };

describePostgres('users', () => {
  const clock = new FakeClock();
  let context: AuthContext;
  let users: UserAdministration;
  let count = 0;

  beforeEach(async () => {
    context = await startAuth(databaseUrl, { clock, config: { tenants: [{ id: 'acme' }] } });
    users = context.app.get(UserAdministration);
  });
  afterEach(() => context.close());

  async function add(role: CreateUser['role'], more: Partial<CreateUser> = {}): Promise<{ id: string; email: string }> {
    const email = `${role}-${++count}@example.org`;
    const created = await users.create({ email, password: PASSWORD, role, tenant: null, ...more }, ACTOR);
    if (!created.ok) throw created.error;
    return created.value;
  }
  const login = async (email: string, password = PASSWORD): Promise<string | null> => {
    const session = await context.app.get(LoginService).login({ email, password }, '127.0.0.1');
    return session.ok ? session.value.refreshToken : null;
  };
  const refresh = async (token: string | null): Promise<boolean> =>
    (await context.app.get(LoginService).refresh(token ?? '')).ok;

  it('keep their last owner, however he would go', async () => {
    const { id } = await add('owner');
    const disabled = await add('owner');
    await users.update(disabled.id, { disabled: true }, ACTOR);
    expect(await users.remove(id, ACTOR)).toMatchObject(LAST_OWNER);
    expect(await users.update(id, { disabled: true }, ACTOR)).toMatchObject(LAST_OWNER);
    expect(await users.update(id, { role: 'operator' }, ACTOR)).toMatchObject(LAST_OWNER);
    expect(await users.update(id, { password: OTHER_PASSWORD }, ACTOR)).toMatchObject({ ok: true });
    await add('owner');
    expect(await users.remove(id, ACTOR)).toMatchObject({ ok: true });
  });

  it('keep their last owner when all of them go at once', async () => {
    const owners = [await add('owner'), await add('owner'), await add('owner')];
    const ways = [
      (id: string) => users.remove(id, ACTOR),
      (id: string) => users.update(id, { disabled: true }, ACTOR),
      (id: string) => users.update(id, { role: 'viewer' }, ACTOR),
    ];
    const outcomes = await Promise.all(owners.map(async ({ id }, i) => ways[i]?.(id)));
    expect(outcomes.filter((outcome) => outcome?.ok === false)).toMatchObject([LAST_OWNER]);
    const left = await users.list({ limit: 50, role: 'owner' });
    expect(left.ok && left.value.data.filter(({ disabledAt }) => disabledAt === null)).toHaveLength(1);
  });

  it('have no session any more after a new password, a logout or when they are disabled', async () => {
    const { id, email } = await add('operator');
    const first = await login(email);
    await users.update(id, { password: OTHER_PASSWORD }, ACTOR);
    expect(await refresh(first)).toBe(false);
    expect(await login(email)).toBeNull();
    const second = await login(email, OTHER_PASSWORD);
    await users.logout(id, ACTOR);
    expect(await refresh(second)).toBe(false);
    const third = await login(email, OTHER_PASSWORD);
    expect(await refresh(third)).toBe(true);
    await users.update(id, { disabled: true }, ACTOR);
    expect(await login(email, OTHER_PASSWORD)).toBeNull();
  });

  it('stop in other processes at once when their role changes', async () => {
    const { id } = await add('operator');
    const other = await startAuthOn(context.databaseUrl, context.dataDir, { clock });
    const elsewhere = other.app.get(UserService);
    expect(await elsewhere.findActive(id)).toMatchObject({ role: 'operator' });
    await users.update(id, { role: 'viewer' }, ACTOR);
    let seen = await elsewhere.findActive(id);
    while (seen && typeof seen === 'object' && seen.role === 'operator') {
      await new Promise(setImmediate);
      seen = await elsewhere.findActive(id);
    }
    expect(seen).toMatchObject({ role: 'viewer' });
    await other.app.close();
  });

  it('of the role tenant-admin have a tenant that there is, and others have none', async () => {
    const refused = (param: string) => ({ ok: false, error: { code: 'invalid_request', param } });
    const create = (role: CreateUser['role'], tenant: string | null) =>
      users.create({ email: 'x@example.org', password: PASSWORD, role, tenant }, ACTOR);
    expect(await create('tenant-admin', null)).toMatchObject(refused('tenant'));
    expect(await create('tenant-admin', 'nobody')).toMatchObject(refused('tenant'));
    expect(await create('viewer', 'acme')).toMatchObject(refused('tenant'));
    const { id } = await add('tenant-admin', { tenant: 'acme' });
    expect(await users.update(id, { role: 'viewer' }, ACTOR)).toMatchObject({ ok: true, value: { tenant: null } });
    expect(await users.update(id, { role: 'tenant-admin' }, ACTOR)).toMatchObject(refused('tenant'));
  });

  it('have no password that is their e-mail address', async () => {
    const refused = { ok: false, error: { code: 'invalid_request', param: 'password' } };
    const user = { email: 'Long.Enough@example.org', role: 'viewer', tenant: null } as const;
    expect(await users.create({ ...user, password: 'long.enough@EXAMPLE.org' }, ACTOR)).toMatchObject(refused);
    const { id, email } = await add('viewer');
    expect(await users.update(id, { password: ` ${email}` }, ACTOR)).toMatchObject(refused);
  });
});
