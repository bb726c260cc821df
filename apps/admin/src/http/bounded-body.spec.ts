import { saySkipped } from '@relay/testing';
import { type AdminApp, type Reply, startAdmin } from '../../test/admin-app';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('the control plane on PostgreSQL, because TEST_DATABASE_URL is not set');

describePostgres('a body that somebody sends who is not logged in', () => {
  let admin: AdminApp;
  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
  });
  afterAll(() => admin.close());

  const login = (body: string, type = 'application/json'): Promise<Reply> =>
    admin.call('POST', '/api/auth/login', { body, headers: { 'content-type': type } });
  const refused = (message: RegExp): object => ({
    status: 400,
    body: { error: { code: 'invalid_request', message: expect.stringMatching(message) as string } },
  });

  it('is counted before it is parsed', async () => {
    expect(await login('['.repeat(800_000))).toMatchObject(refused(/more than 20000 lists and objects/));
    expect(await login(`{"a":[${'0,'.repeat(60_000)}0]}`)).toMatchObject(refused(/more than 50000 members/));
  });

  it('is counted by the route that takes an invoice as well', async () => {
    const reply = await admin.call('POST', '/api/usage/reconcile', { body: '['.repeat(8_000_000) });
    expect(reply).toMatchObject(refused(/more than 20000 lists and objects/));
  });

  it('is parsed as ever below the bounds', async () => {
    expect(await login('{"email":')).toMatchObject(refused(/./));
    expect(await login('{"email":"a@example.org","password":"x","__proto__":{}}')).toMatchObject(refused(/./));
    expect(await login('{"email":"a@example.org","password":"x"}')).toMatchObject({ status: 401 });
  });

  it('is no form of more than some fields', async () => {
    const form = 'application/x-www-form-urlencoded';
    expect(await login(`email=a&${'x'.repeat(20_000)}`, form)).toMatchObject({
      status: 413,
      body: { error: { code: 'body_too_large' } },
    });
  });
});
