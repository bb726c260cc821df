import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { keyPairs, sharedSecret } from './signing-keys';

const rsa = (bits = 2_048): KeyObject => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
const ec = (namedCurve = 'P-256'): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;
const pemOf = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8'): string =>
  key.export({ type, format: 'pem' } as never).toString();

describe('keys that sign access tokens', () => {
  const first = pemOf(rsa());
  const second = pemOf(ec());

  it('are a secret where no key pair is given, and then nothing is published', () => {
    const keys = sharedSecret('x'.repeat(32));
    expect(keys).toMatchObject({ signing: { algorithm: 'HS256' }, published: { keys: [] } });
    expect(keys.signing.kid).toBeUndefined();
  });

  it('sign with the first and verify with all, each under a name that follows from the key', async () => {
    const keys = keyPairs(`${first}\n${second}`);
    const [rsaKey, ecKey] = keys.published.keys;
    expect(keys.signing).toMatchObject({ algorithm: 'RS256', kid: rsaKey?.kid });
    expect([...keys.verifying.keys()]).toEqual([rsaKey?.kid, ecKey?.kid]);
    expect(rsaKey).toMatchObject({
      kty: 'RSA',
      alg: 'RS256',
      use: 'sig',
      kid: await calculateJwkThumbprint(rsaKey ?? {}),
    });
    expect(ecKey).toMatchObject({
      kty: 'EC',
      alg: 'ES256',
      use: 'sig',
      kid: await calculateJwkThumbprint(ecKey ?? {}),
    });
    expect(keyPairs(`${second}${first}`).signing.algorithm).toBe('ES256');
  });

  it('are published without their private parts', () => {
    for (const key of keyPairs(`${first}${second}`).published.keys)
      expect(Object.keys(key).filter((part) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(part))).toEqual([]);
  });

  it('may be in files, or in one line of an environment file, in the formats that tools write', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'relay-keys-'));
    try {
      const files = [first, second].map((pem, i) => {
        writeFileSync(path.join(folder, `${i}.pem`), pem);
        return `file:${path.join(folder, `${i}.pem`)}`;
      });
      expect(keyPairs(files.join(', ')).published).toEqual(keyPairs(first + second).published);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(keyPairs(first.replaceAll('\n', '\\n')).signing.algorithm).toBe('RS256');
    expect(keyPairs(pemOf(rsa(), 'pkcs1')).signing.algorithm).toBe('RS256');
    expect(keyPairs(pemOf(ec(), 'sec1')).signing.algorithm).toBe('ES256');
  });

  it('share what browsers carry between the steps of a login with every process that has the same', () => {
    const [one, again, other] = [keyPairs(first), keyPairs(first + second), keyPairs(second)];
    expect(again.stateSecret).toEqual(one.stateSecret);
    expect(other.stateSecret).not.toEqual(one.stateSecret);
    expect(Buffer.from(sharedSecret('y'.repeat(32)).stateSecret).toString()).not.toContain('y'.repeat(8));
  });

  it.each<[string, () => string]>([
    ['too short', () => pemOf(rsa(1_024))],
    ['on another curve', () => pemOf(ec('P-384'))],
    ['of another kind', () => pemOf(generateKeyPairSync('ed25519').privateKey)],
    ['no key', () => 'secret-of-somebody'],
    ['broken', () => first.replace(/[A-Za-z0-9+/]{40}/, 'secret')],
  ])('are refused when one is %s, without a word of it', (_, pem) => {
    const refuse = (): unknown => keyPairs(pem());
    expect(refuse).toThrow(/^RELAY_JWT_PRIVATE_KEY/);
    expect(refuse).not.toThrow(/secret-of-somebody/);
  });
});
