import { createHash, randomBytes } from 'node:crypto';
import type { LoginReply, LoginRequest } from '@relay/contracts';
import { CLOCK, type Clock, err, ok, RelayError, type Result } from '@relay/core';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS } from './domain/access-token';
import { AttemptLimiter } from './domain/attempt-limiter';
import { type AuthenticatedUser, toUserView } from './domain/authenticated-user';
import { PasswordHasher } from './password-hasher';
import { type NewRefreshToken, RefreshTokenRepository } from './persistence/refresh-token.repository';
import { AWAY } from './read-through-cache';
import { UserService } from './user.service';

const WINDOW_MS = 60_000;
const MAX_REMEMBERED = 10_000; // addresses
const ATTEMPTS_PER_ACCOUNT = 10; // a window, from one address
const ATTEMPTS_PER_ADDRESS = 60; // a window; each costs 19 MiB and 40–90 ms of a core
const REFRESH_TOKEN_BYTES = 32;

/** A session: what the client reads, and the refresh token that travels in a cookie. */
export interface Session {
  readonly reply: LoginReply;
  readonly refreshToken: string;
}

@Injectable()
export class LoginService {
  private readonly accounts = new AttemptLimiter({
    attempts: ATTEMPTS_PER_ACCOUNT,
    windowMs: WINDOW_MS,
    maxKeys: MAX_REMEMBERED,
  });
  private readonly addresses = new AttemptLimiter({
    attempts: ATTEMPTS_PER_ADDRESS,
    windowMs: WINDOW_MS,
    maxKeys: MAX_REMEMBERED,
  });
  private readonly logger = new Logger(LoginService.name);

  constructor(
    private readonly users: UserService,
    private readonly hasher: PasswordHasher,
    private readonly refreshTokens: RefreshTokenRepository,
    private readonly jwt: JwtService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Refusals: `rate_limited`; `invalid_credentials`, the same for an unknown user and for a wrong password. */
  async login({ email, password }: LoginRequest, address: string): Promise<Result<Session, RelayError>> {
    const account = `${email.toLowerCase()} ${address}`;
    const waitMs = this.throttle(account, address);
    if (waitMs > 0) return err(tooManyAttempts(waitMs));
    const credentials = await this.users.findCredentials(email);
    const matches = await this.hasher.verify(credentials?.passwordHash ?? null, password);
    if (!credentials || !matches) return err(wrongCredentials());
    this.accounts.forget(account);
    const next = this.newRefreshToken();
    await this.refreshTokens.add(credentials.user.id, next.stored, this.now());
    return ok(this.session(credentials.user, next.token));
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

  private throttle(account: string, address: string): number {
    const now = this.clock.now();
    return this.addresses.attempt(address, now) || this.accounts.attempt(account, now);
  }

  private async continueSession(userId: string, token: string): Promise<Result<Session, RelayError>> {
    const user = await this.users.findActive(userId);
    if (user === AWAY) return err(new RelayError('unavailable', 'The session cannot be checked at the moment.'));
    if (user === null) return err(sessionEnded());
    return ok(this.session(user, token));
  }

  private session(user: AuthenticatedUser, refreshToken: string): Session {
    const issuedAt = Math.floor(this.clock.now() / 1_000);
    const accessToken = this.jwt.sign({ sub: user.id, iat: issuedAt });
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
