import { createHash, randomBytes } from 'node:crypto';
import type { LoginReply } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS } from '../domain/access-token';
import { type AuthenticatedUser, issuedAt, toUserView } from '../domain/authenticated-user';
import { type NewRefreshToken, RefreshTokenRepository } from '../persistence/refresh-token.repository';

const REFRESH_TOKEN_BYTES = 32;

/** A session: what the client reads, and the refresh token that travels in a cookie. */
export interface Session {
  readonly reply: LoginReply;
  readonly refreshToken: string;
}

/** Makes the tokens of those who are who they say, however that was found out. */
@Injectable()
export class Sessions {
  constructor(
    private readonly refreshTokens: RefreshTokenRepository,
    private readonly jwt: JwtService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async begin(user: AuthenticatedUser): Promise<Session> {
    const { token, stored } = this.nextToken();
    await this.refreshTokens.add(user.id, stored, new Date(this.clock.now()));
    return this.carryOn(user, token);
  }

  /** The next access token of a session whose refresh token is stored already. */
  carryOn(user: AuthenticatedUser, refreshToken: string): Session {
    const accessToken = this.jwt.sign({ sub: user.id, iat: issuedAt(user, this.clock.now()) });
    return { reply: { accessToken, expiresIn: ACCESS_TOKEN_SECONDS, user: toUserView(user) }, refreshToken };
  }

  nextToken(): { readonly token: string; readonly stored: NewRefreshToken } {
    const token = randomBytes(REFRESH_TOKEN_BYTES).toString('base64url');
    const expiresAt = new Date(this.clock.now() + REFRESH_TOKEN_SECONDS * 1_000);
    return { token, stored: { hash: hashToken(token), expiresAt } };
  }
}

/** What is kept of a refresh token: it is random, so that there is nothing to guess. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
