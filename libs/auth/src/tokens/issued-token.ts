import type { Clock } from '@relay/core';
import { decodeJwt, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { KeysAwayError } from './issuer-keys';

/** The longest token that is looked at, characters; headers of 16 KiB are the most that Node takes. */
export const MAX_TOKEN_CHARS = 8_192;
/** How far the clocks of an issuer and the relay may be apart, seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** Signatures with a private key only: a public key must never do as a shared secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const JWT = /^[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*$/;

export interface Expected {
  readonly issuer: string;
  readonly audience: string | string[];
  readonly keys: JWTVerifyGetKey;
}

/** What a token says, where all about it is right; `away`: its issuer's keys cannot be had. */
export type Verified = { readonly claims: JWTPayload & { readonly exp: number } } | 'invalid' | 'away';

/** Whether a text has the shape of a signed token: three parts with dots between. */
export function looksLikeToken(text: string): boolean {
  return text.length <= MAX_TOKEN_CHARS && JWT.test(text);
}

/** Who a token says has issued it; nothing is checked. */
export function namedIssuer(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null;
  } catch {
    return null;
  }
}

/** Checks signature, algorithm, issuer, audience and times. Never rejects. */
export async function verifyIssued(token: string, expected: Expected, clock: Clock): Promise<Verified> {
  try {
    const { payload } = await jwtVerify(token, expected.keys, {
      issuer: expected.issuer,
      audience: expected.audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(clock.now()),
    });
    const { exp, iat = 0, cnf } = payload;
    const fromFuture = iat > clock.now() / 1_000 + CLOCK_TOLERANCE_SECONDS; // made up, or a clock was set back
    const isBound = cnf !== undefined; // good only with a proof that the relay cannot check (RFC 9449, 7.1; RFC 8705, 3)
    return exp === undefined || fromFuture || isBound ? 'invalid' : { claims: { ...payload, exp } };
  } catch (failure) {
    return failure instanceof KeysAwayError ? 'away' : 'invalid';
  }
}
