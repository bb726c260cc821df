import { CLOCK, type Clock, RelayError } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { decodeProtectedHeader } from 'jose';
import { ExtractJwt, Strategy, type SecretOrKeyProvider } from 'passport-jwt';
import { accessTokenSchema, isFromFuture, JWT_AUDIENCE, JWT_ISSUER } from './domain/access-token';
import { type AuthenticatedUser, isEndedSession } from './domain/authenticated-user';
import { AWAY } from './read-through-cache';
import { SIGNING_KEYS, type SigningKeys } from './tokens/signing-keys';
import { UserService } from './user.service';

export const JWT_STRATEGY = 'jwt';

/** Checks an access token (signature, algorithm, issuer, audience, expiry) and looks up who holds it. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, JWT_STRATEGY) {
  constructor(
    @Inject(SIGNING_KEYS) keys: SigningKeys,
    private readonly users: UserService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: keyOf(keys),
      algorithms: [...new Set([...keys.verifying.values()].map(({ algorithm }) => algorithm))],
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
    });
  }

  async validate(payload: unknown): Promise<AuthenticatedUser | false> {
    const token = accessTokenSchema.safeParse(payload);
    if (!token.success || isFromFuture(token.data, this.clock.now())) return false;
    const user = await this.users.findActive(token.data.sub);
    if (user === AWAY)
      throw new RelayError('unavailable', 'Users cannot be read at the moment.', { retryAfterSeconds: 1 });
    return user === null || isEndedSession(user, token.data.iat) ? false : user;
  }
}

/** The key that a token names, if the token is of that key's own algorithm: a public key is never taken for a secret. */
function keyOf({ verifying }: SigningKeys): SecretOrKeyProvider {
  return (_request, token: string, done) => {
    const { alg, kid = '' } = headOf(token);
    const found = verifying.get(kid);
    if (found === undefined || found.algorithm !== alg) return done(new Error('no such key'));
    done(null, typeof found.key === 'string' ? found.key : found.key.export({ type: 'spki', format: 'pem' }));
  };
}

function headOf(token: string): { alg?: string; kid?: string } {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return {};
  }
}
