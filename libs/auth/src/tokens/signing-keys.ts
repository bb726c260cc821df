import { createPrivateKey, createPublicKey, hash, hkdfSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ENVIRONMENT, type Environment } from '@relay/config';
import type { JsonWebKey, JsonWebKeySet } from '@relay/contracts';
import type { FactoryProvider } from '@nestjs/common';
import { CredentialsFile } from '../credentials-file';

const MIN_RSA_BITS = 2_048;
const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/g;

type Algorithm = 'HS256' | 'RS256' | 'ES256';

interface VerifyingKey {
  readonly algorithm: Algorithm;
  readonly key: KeyObject | string;
}

/** What signs and verifies the relay's own access tokens. All processes of one relay must have the same. */
export interface SigningKeys {
  readonly signing: VerifyingKey & { readonly kid?: string };
  /** By the `kid` in a token's head; '' is that of tokens without one. Each key goes with its own algorithm only. */
  readonly verifying: ReadonlyMap<string, VerifyingKey>;
  readonly published: JsonWebKeySet;
  /** For what browsers carry between two steps of a login; made of the first key, and of no use for anything else. */
  readonly stateSecret: Uint8Array;
}

/** Injection token of the `SigningKeys`. */
export const SIGNING_KEYS = Symbol('SIGNING_KEYS');

const STATE_SECRET_BYTES = 32;

export const credentialsFileProvider: FactoryProvider<CredentialsFile> = {
  provide: CredentialsFile,
  inject: [ENVIRONMENT],
  useFactory: (environment: Environment) => new CredentialsFile(environment.RELAY_DATA_DIR),
};

/** RELAY_JWT_PRIVATE_KEY, else RELAY_JWT_SECRET, else a secret made up for this data folder. */
export const signingKeysProvider: FactoryProvider<SigningKeys> = {
  provide: SIGNING_KEYS,
  inject: [ENVIRONMENT, CredentialsFile],
  useFactory: (environment: Environment, file: CredentialsFile) =>
    environment.RELAY_JWT_PRIVATE_KEY === undefined
      ? sharedSecret(environment.RELAY_JWT_SECRET ?? file.read().jwtSecret)
      : keyPairs(environment.RELAY_JWT_PRIVATE_KEY),
};

/** One secret that signs and verifies (HS256); there is nothing to publish. */
export function sharedSecret(secret: string): SigningKeys {
  const signing: VerifyingKey = { algorithm: 'HS256', key: secret };
  return { signing, verifying: new Map([['', signing]]), published: { keys: [] }, stateSecret: stateSecret(secret) };
}

/** Private keys as PEM, or comma-separated `file:PATH`: the first signs, all verify, so that keys can be changed without a logout. */
export function keyPairs(text: string): SigningKeys {
  const pairs = pemsOf(text).map(keyPair);
  const [signing] = pairs;
  if (!signing) throw new Error('RELAY_JWT_PRIVATE_KEY holds no private key in PEM.');
  return {
    signing: { algorithm: signing.algorithm, key: signing.key, kid: signing.kid },
    verifying: new Map(pairs.map(({ algorithm, publicKey, kid }) => [kid, { algorithm, key: publicKey }])),
    published: { keys: pairs.map(({ published }) => published) },
    stateSecret: stateSecret(signing.key.export({ type: 'pkcs8', format: 'der' })),
  };
}

function pemsOf(text: string): string[] {
  if (!text.startsWith('file:')) return text.replaceAll('\\n', '\n').match(PEM) ?? []; // in a .env file a line is \n
  return text.split(',').flatMap((reference) => {
    const path = reference.trim().replace(/^file:/, '');
    const found = readFileSync(path, 'utf8').match(PEM);
    if (!found) throw new Error(`RELAY_JWT_PRIVATE_KEY: ${path} holds no private key in PEM.`);
    return found;
  });
}

function keyPair(pem: string) {
  const key = readPem(pem);
  const publicKey = createPublicKey(key);
  const algorithm = algorithmOf(key);
  const jwk = publicKey.export({ format: 'jwk' }) as Readonly<Record<string, string>>;
  const kid = thumbprint(jwk);
  const published: JsonWebKey = { ...jwk, kty: jwk.kty ?? '', kid, alg: algorithm, use: 'sig' };
  return { key, publicKey, algorithm, kid, published };
}

/** What Node says of a key that it cannot read may quote it. */
function readPem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error('RELAY_JWT_PRIVATE_KEY: a private key cannot be read. It has to be in PEM, without a passphrase.');
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): 'RS256' | 'ES256' {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'rsa' && modulusLength >= MIN_RSA_BITS) return 'RS256';
  if (asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256';
  throw new Error(`RELAY_JWT_PRIVATE_KEY: allowed are RSA keys of ${MIN_RSA_BITS} bits or more, and EC keys on P-256.`);
}

function stateSecret(material: string | Buffer): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', material, '', 'llm-relay/login-state', STATE_SECRET_BYTES));
}

/** The same key has the same name everywhere (RFC 7638). */
function thumbprint({ kty, crv, e, n, x, y }: Readonly<Record<string, string>>): string {
  return hash('sha256', JSON.stringify(kty === 'EC' ? { crv, kty, x, y } : { e, kty, n }), 'base64url');
}
