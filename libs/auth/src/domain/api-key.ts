import { hash } from 'node:crypto';
import { RelayError } from '@relay/core';

/** Random bytes of a generated key: 256 bits, 43 characters of base64url. */
export const API_KEY_BYTES = 32;
const KEY_START = 'rk-';
const PREFIX_CHARS = 9; // "rk-" and six characters: enough to recognise a key, far too few to guess one
const GENERATED_KEY = /^rk-[A-Za-z0-9_-]{43}$/;
const MAX_KEY_CHARS = 512; // the longest value that relay.yaml may give a key
const MAX_BEARER_CHARS = 8_192; // tokens of others (auth.bearer) hold what there is to say of somebody
const BEARER = /^Bearer +(\S+) *$/i;

/** The plain text of a key made of random bytes. */
export function formatApiKey(random: Buffer): string {
  return KEY_START + random.toString('base64url');
}

/** What may be shown of a key after its creation. */
export function apiKeyPrefix(key: string): string {
  return key.slice(0, PREFIX_CHARS);
}

/** Whether a key can be in the database at all; anything else need not be looked up there. */
export function isGeneratedKey(key: string): boolean {
  return GENERATED_KEY.test(key);
}

/**
 * What is kept of a key. A plain SHA-256 is enough: the input has 256 random bits, so there is nothing to guess. Looking a
 * hash up in a map also makes the comparison independent of how many characters of the secret match.
 */
export function hashApiKey(key: string): string {
  return hash('sha256', key, 'hex');
}

/**
 * The key of a request, or why there is none: of the Authorization header, or of `x-api-key`, as Anthropic's clients send it. Who sends
 * both has to mean one key; hashes are compared, so that nothing is told of how many characters match.
 */
export function presentedKey(authorization: string | undefined, apiKey: string | undefined): string | RelayError {
  if (apiKey === undefined || apiKey === '') return bearerKey(authorization);
  if (/\s/.test(apiKey) || apiKey.length > MAX_KEY_CHARS) {
    return new RelayError(
      'invalid_api_key',
      'The x-api-key header is malformed. It must hold the key and nothing else.',
    );
  }
  if (authorization === undefined || authorization === '') return apiKey;
  const bearer = bearerKey(authorization);
  if (typeof bearer !== 'string' || hashApiKey(bearer) === hashApiKey(apiKey)) return bearer;
  return new RelayError(
    'invalid_api_key',
    'The Authorization and x-api-key headers hold different keys. Send one of them.',
  );
}

/** The key of an Authorization header, or why there is none. */
function bearerKey(authorization: string | undefined): string | RelayError {
  if (authorization === undefined || authorization === '') {
    return new RelayError(
      'invalid_api_key',
      'No API key was given. Send it in the Authorization header: "Authorization: Bearer <key>".',
    );
  }
  const key = BEARER.exec(authorization)?.[1];
  if (key === undefined || key.length > (key.includes('.') ? MAX_BEARER_CHARS : MAX_KEY_CHARS)) {
    return new RelayError(
      'invalid_api_key',
      'The Authorization header is malformed. It must read "Authorization: Bearer <key>".',
    );
  }
  return key;
}

/** One answer for unknown, expired and revoked keys: it tells a stranger nothing about which keys exist. */
export function invalidApiKey(): RelayError {
  return new RelayError('invalid_api_key', 'The API key is not valid. It may be mistyped, expired or revoked.');
}
