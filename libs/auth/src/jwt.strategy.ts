import { RelayError } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { accessTokenSchema, JWT_ALGORITHM, JWT_AUDIENCE, JWT_ISSUER } from './domain/access-token';
import { type AuthenticatedUser, isEndedSession } from './domain/authenticated-user';
import { JWT_SECRET } from './jwt-secret';
import { AWAY } from './read-through-cache';
import { UserService } from './user.service';

export const JWT_STRATEGY = 'jwt';

/** Checks an access token (signature, algorithm, issuer, audience, expiry) and looks up who holds it. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, JWT_STRATEGY) {
  constructor(
    @Inject(JWT_SECRET) secret: string,
    private readonly users: UserService,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: secret,
      algorithms: [JWT_ALGORITHM],
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
    });
  }

  async validate(payload: unknown): Promise<AuthenticatedUser | false> {
    const token = accessTokenSchema.safeParse(payload);
    if (!token.success) return false;
    const user = await this.users.findActive(token.data.sub);
    if (user === AWAY)
      throw new RelayError('unavailable', 'Users cannot be read at the moment.', { retryAfterSeconds: 1 });
    return user === null || isEndedSession(user, token.data.iat) ? false : user;
  }
}
