import { createHash, randomBytes } from 'node:crypto';
import type { LoginReply, LoginRequest } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result } from '@relay/core';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS } from './domain/access-token';
import { type AuthenticatedUser, issuedAt, toUserView } from './domain/authenticated-user';
import { LoginThrottle } from './domain/login-throttle';
import { LoginAudit } from './login-audit';
import { PasswordHasher } from './password-hasher';
import { type NewRefreshToken, RefreshTokenRepository } from './persistence/refresh-token.repository';
import { AWAY } from './read-through-cache';
import { UserService } from './user.service';

const REFRESH_TOKEN_BYTES = 32;

/** A session: what the client reads, and the refresh token that travels in a cookie. */
export interface Session {
  readonly reply: LoginReply;
  readonly refreshToken: string;
}

@Injectable()
export class LoginService {
  private readonly throttle = new LoginThrottle();
  private readonly logger = new Logger(LoginService.name);

  constructor(
    private readonly users: UserService,
    private readonly hasher: PasswordHasher,
    private readonly audit: LoginAudit,
    private readonly refreshTokens: RefreshTokenRepository,
    private readonly jwt: JwtService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Refusals: `rate_limited`; `invalid_credentials`, the same for an unknown user and for a wrong password. */
  async login({ email, password }: LoginRequest, address: string): Promise<Result<Session, RelayError>> {
    const waitMs = this.throttle.begin(email, address, this.clock.now());
    if (waitMs > 0) return err(tooManyAttempts(waitMs));
    const user = await this.check(email, password, address).finally(() => this.throttle.ended());
    if (user === null) return err(wrongCredentials());
    this.throttle.succeeded(email, address);
    const next = this.newRefreshToken();
    await this.refreshTokens.add(user.id, next.stored, this.now());
    await this.audit.succeeded(user, address);
    return ok(this.session(user, next.token));
  }

  /**
   * Exchanges a refresh token for the next. A used one that comes again was stolen or copied: every session of the user ends,
   * unless it comes so soon that two tabs explain it.
   */
  async refresh(token: string | undefined): Promise<Result<Session, RelayError>> {
    if (token === undefined) return err(sessionEnded());
    const next = this.newRefreshToken();
    const rotation = await this.refreshTokens.rotate(hashToken(token), next.stored, this.now());
    switch (rotation.outcome) {
      case 'rotated':
        return this.continueSession(rotation.userId, next.token);
      case 'reused':
        this.logger.warn(
          `a used refresh token of user ${rotation.userId} was presented again; all their sessions are ended`,
        );
        await this.refreshTokens.revokeAllOf(rotation.userId, this.now());
        return err(sessionEnded());
      case 'unknown':
        return err(sessionEnded());
      default:
        return rotation satisfies never;
    }
  }

  async logout(token: string | undefined): Promise<void> {
    if (token !== undefined) await this.refreshTokens.revoke(hashToken(token), this.now());
  }

  /** Does the same work, and so takes as long, for an account that there is and for one that there is not. */
  private async check(email: string, password: string, address: string): Promise<AuthenticatedUser | null> {
    const credentials = await this.users.findCredentials(email);
    const matches = await this.hasher.verify(credentials?.passwordHash ?? null, password);
    if (credentials && matches) return credentials.user;
    await this.audit.failed(credentials?.user ?? null, address);
    return null;
  }

  private async continueSession(userId: string, token: string): Promise<Result<Session, RelayError>> {
    const user = await this.users.findActive(userId);
    if (user === AWAY) return err(new RelayError('unavailable', 'The session cannot be checked at the moment.'));
    if (user === null) return err(sessionEnded());
    return ok(this.session(user, token));
  }

  private session(user: AuthenticatedUser, refreshToken: string): Session {
    const accessToken = this.jwt.sign({ sub: user.id, iat: issuedAt(user, this.clock.now()) });
    return { reply: { accessToken, expiresIn: ACCESS_TOKEN_SECONDS, user: toUserView(user) }, refreshToken };
  }

  private newRefreshToken(): { token: string; stored: NewRefreshToken } {
    const token = randomBytes(REFRESH_TOKEN_BYTES).toString('base64url');
    const expiresAt = new Date(this.clock.now() + REFRESH_TOKEN_SECONDS * 1_000);
    return { token, stored: { hash: hashToken(token), expiresAt } };
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function tooManyAttempts(waitMs: number): RelayError {
  const retryAfterSeconds = Math.ceil(waitMs / 1_000);
  return new RelayError('rate_limited', `Too many attempts to log in. Try again in ${retryAfterSeconds} s.`, {
    retryAfterSeconds,
  });
}

function wrongCredentials(): RelayError {
  return new RelayError('invalid_credentials', 'The e-mail address or the password is wrong.');
}

function sessionEnded(): RelayError {
  return new RelayError('invalid_credentials', 'There is no session, or it has ended. Log in again.');
}
