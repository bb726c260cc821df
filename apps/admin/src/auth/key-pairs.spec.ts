import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { UserService } from '@relay/auth';
import { saySkipped } from '@relay/testing';
import { createRemoteJWKSet, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type AdminApp, JWT_SECRET, PASSWORD, startAdmin } from '../../test/admin-app';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('the control plane on PostgreSQL, because TEST_DATABASE_URL is not set');

const newKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const now = (): number => Math.floor(Date.now() / 1_000);
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describePostgres('an access token signed with a private key', () => {
  const [current, previous, stranger] = [newKey(), newKey(), newKey()];
  let admin: AdminApp;
  let userId: string;
  let kids: string[];
  beforeAll(async () => {
    admin = await startAdmin(databaseUrl, { RELAY_JWT_PRIVATE_KEY: `${current}${previous}` });
    const users = admin.app.get(UserService, { strict: false });
    const user = await users.create({ email: 'grace@example.org', password: PASSWORD, role: 'viewer', tenant: null });
    userId = user.ok ? user.value.id : '';
    const { body } = await admin.call('GET', '/api/auth/jwks');
    kids = (body.keys as { kid: string }[]).map(({ kid }) => kid);
  });
  afterAll(() => admin.close());

  const good = (): JWTPayload => ({ sub: userId, iss: 'llm-relay', aud: 'llm-relay/api', iat: now(), exp: now() + 60 });
  const sign = (
    claims: JWTPayload,
    pem = current,
    kid: string | null = kids[0] ?? '',
    alg = 'RS256',
  ): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg, ...(kid === null ? {} : { kid }) }).sign(createPrivateKey(pem));
  const statusOf = async (token: string): Promise<number> =>
    (await admin.call('GET', '/api/auth/me', { token })).status;

  it('can be verified by anybody with the published keys', async () => {
    const login = { email: 'grace@example.org', password: PASSWORD };
    const { body } = await admin.call('POST', '/api/auth/login', { body: login });
    const keys = createRemoteJWKSet(new URL(`${await admin.app.getUrl()}/api/auth/jwks`));
    const expected = { issuer: 'llm-relay', audience: 'llm-relay/api', algorithms: ['RS256'] };
    const { payload, protectedHeader } = await jwtVerify(String(body.accessToken), keys, expected);
    expect([payload.sub, protectedHeader.kid]).toEqual([userId, kids[0]]);
    expect(await statusOf(String(body.accessToken))).toBe(200);
  });

  it('goes on when another key has taken the place of its own', async () => {
    expect(await statusOf(await sign(good()))).toBe(200);
    expect(await statusOf(await sign(good(), previous, kids[1] ?? ''))).toBe(200);
  });

  it('is refused when a key signed it that is not here, or another than it names', async () => {
    expect(await statusOf(await sign(good(), stranger))).toBe(401);
    expect(await statusOf(await sign(good(), current, kids[1] ?? ''))).toBe(401);
    expect(await statusOf(await sign(good(), current, 'other'))).toBe(401);
    expect(await statusOf(await sign(good(), current, null))).toBe(401);
    expect(await statusOf(await sign(good(), current, kids[0] ?? '', 'PS256'))).toBe(401);
  });

  it('is refused when a public key, which all may know, or a shared secret signed it', async () => {
    const publicKey = createPublicKey(current);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const secrets = [pem, pem.trim(), publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(), JWT_SECRET, ''];
    for (const secret of secrets) {
      for (const kid of [kids[0], undefined, '']) {
        const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid })}.${encode(good())}`;
        const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
        expect(await statusOf(token)).toBe(401);
      }
    }
  });

  it('is refused without a signature', async () => {
    for (const alg of ['none', 'None', 'NONE', ''])
      expect(await statusOf(`${encode({ alg, kid: kids[0] })}.${encode(good())}.`)).toBe(401);
  });

  it.each<[string, () => JWTPayload]>([
    ['has expired', () => ({ exp: now() - 1 })],
    ['is not valid yet', () => ({ nbf: now() + 120 })],
    ['was issued in the future, as when a clock was set back', () => ({ iat: now() + 120, exp: now() + 1_020 })],
    ['does not say when it was issued', () => ({ iat: undefined })],
    ['is of another issuer', () => ({ iss: 'others' })],
    ['is for another audience', () => ({ aud: 'others' })],
  ])('is refused when it %s', async (_, claims) => {
    expect(await statusOf(await sign({ ...good(), ...claims() }))).toBe(401);
  });
});
