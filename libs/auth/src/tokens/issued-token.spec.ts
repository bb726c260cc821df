import { createHmac } from 'node:crypto';
import { FakeClock, TokenIssuer } from '@relay/testing';
import { type CryptoKey, exportSPKI, importJWK, type JWTPayload } from 'jose';
import { looksLikeToken, namedIssuer, verifyIssued } from './issued-token';
import { IssuerKeys } from './issuer-keys';

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('a token of another issuer', () => {
  const clock = new FakeClock();
  const now = Math.floor(clock.now() / 1_000);
  let issuer: TokenIssuer;
  let stranger: TokenIssuer;
  let keys: IssuerKeys;
  beforeAll(async () => {
    [issuer, stranger] = [await TokenIssuer.start(), await TokenIssuer.start()];
    await issuer.addKey('elliptic', 'ES256');
    keys = new IssuerKeys({ issuer: issuer.url, jwksUrl: issuer.jwksUrl }, clock);
  });
  afterAll(() => Promise.all([issuer.close(), stranger.close()]));

  const good = (): JWTPayload => ({ aud: 'llm', sub: 'ada', iat: now, exp: now + 60 });
  async function verdict(token: string): Promise<string> {
    const verified = await verifyIssued(token, { issuer: issuer.url, audience: 'llm', keys: keys.find }, clock);
    return typeof verified === 'string' ? verified : 'right';
  }

  it.each(['first', 'elliptic'])(
    'is right, signed with the key %s, so the cases below fail for what is wrong with them',
    async (kid) => {
      expect(await verdict(await issuer.sign(good(), { kid }))).toBe('right');
      expect(await verdict(await issuer.sign({ ...good(), aud: ['others', 'llm'] }, { kid }))).toBe('right');
    },
  );

  it.each<[string, JWTPayload]>([
    ['that has expired', { exp: now - 6 }],
    ['that never expires', { exp: undefined }],
    ['that is not valid yet', { nbf: now + 6 }],
    ['of the future, as when a clock was set back', { iat: now + 6, exp: now + 60 }],
    ['for another audience', { aud: 'others' }],
    ['for nobody', { aud: undefined }],
    ['of another issuer', { iss: 'https://others.example' }],
    ['of nobody', { iss: undefined }],
    ['that is bound to a proof', { cnf: { jkt: 'x' } }],
  ])('%s is refused', async (_, claims) => {
    expect(await verdict(await issuer.sign({ ...good(), ...claims }))).toBe('invalid');
  });

  it('without a signature is refused', async () => {
    const body = encode({ iss: issuer.url, ...good() });
    expect(await verdict(`${encode({ alg: 'none', typ: 'JWT' })}.${body}.`)).toBe('invalid');
    expect(await verdict(`${encode({ alg: 'none', kid: 'first' })}.${body}.`)).toBe('invalid');
  });

  it('signed with the public key as a shared secret is refused', async () => {
    const jwk = issuer.publicKey();
    const pem = await exportSPKI((await importJWK(jwk, 'RS256')) as CryptoKey);
    for (const secret of [pem, pem.trim(), JSON.stringify(jwk), jwk.n ?? '']) {
      const signed = `${encode({ alg: 'HS256', kid: 'first' })}.${encode({ iss: issuer.url, ...good() })}`;
      const signature = createHmac('sha256', secret).update(signed).digest('base64url');
      expect(await verdict(`${signed}.${signature}`)).toBe('invalid');
    }
  });

  it('signed by somebody else under the same name of a key is refused', async () => {
    expect(await verdict(await stranger.sign({ ...good(), iss: issuer.url }))).toBe('invalid');
  });

  it('that was changed is refused', async () => {
    const [head, , signature] = (await issuer.sign(good())).split('.');
    expect(await verdict(`${head}.${encode({ iss: issuer.url, ...good(), sub: 'eve' })}.${signature}`)).toBe('invalid');
  });

  it('that brings its own key is refused', async () => {
    const token = await stranger.sign({ ...good(), iss: issuer.url });
    const [, body, signature] = token.split('.');
    const jwk = stranger.publicKey();
    const head = encode({ alg: 'RS256', jwk, jku: stranger.jwksUrl });
    expect(await verdict(`${head}.${body}.${signature}`)).toBe('invalid');
    expect(stranger.fetches).toBe(0);
  });

  it('has three parts, and says who issued it before anything is checked', async () => {
    const token = await issuer.sign(good());
    expect([looksLikeToken(token), namedIssuer(token)]).toEqual([true, issuer.url]);
    for (const text of ['rk-abc', 'a.b', 'a.b.c.d', 'ab.cd.e!', `${token}.x`, 'ab.cd.'.padEnd(9_000, 'x')])
      expect(looksLikeToken(text)).toBe(false);
    expect([namedIssuer('ab.cd.ef'), namedIssuer(`${encode({})}.${encode({})}.`)]).toEqual([null, null]);
  });
});
