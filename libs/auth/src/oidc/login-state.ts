import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { SIGNING_KEYS, type SigningKeys } from '../tokens/signing-keys';

/** Between the click on a provider and its answer, s: a person has to log in there. */
export const LOGIN_STATE_SECONDS = 600;
const ALGORITHM = 'HS256';
const AUDIENCE = 'llm-relay/login-state';

const loginStateSchema = z.object({
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(), // of PKCE (RFC 7636)
  returnTo: z.string(),
});

export type LoginState = z.infer<typeof loginStateSchema>;

/** What a login has to remember until the provider answers: signed, in the browser, so that any process may go on with it. */
@Injectable()
export class LoginStates {
  constructor(
    @Inject(SIGNING_KEYS) private readonly keys: SigningKeys,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  seal(state: LoginState): Promise<string> {
    const now = Math.floor(this.clock.now() / 1_000);
    const token = new SignJWT({ ...state }).setProtectedHeader({ alg: ALGORITHM }).setAudience(AUDIENCE);
    return token.setExpirationTime(now + LOGIN_STATE_SECONDS).sign(this.keys.stateSecret);
  }

  /** Null for what was changed, is too old, or of another provider. */
  async open(token: string | undefined, provider: string): Promise<LoginState | null> {
    if (token === undefined) return null;
    try {
      const { payload } = await jwtVerify(token, this.keys.stateSecret, {
        audience: AUDIENCE,
        algorithms: [ALGORITHM],
        requiredClaims: ['exp'],
        currentDate: new Date(this.clock.now()),
      });
      const state = loginStateSchema.parse(payload);
      return state.provider === provider ? state : null;
    } catch {
      return null;
    }
  }
}
