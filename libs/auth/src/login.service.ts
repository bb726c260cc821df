import type { ChangePassword, LoginRequest } from '@relay/contracts';
import { ConfigStore } from '@relay/config';
import { CLOCK, type Clock, err, ok, RelayError, type Result } from '@relay/core';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AuthenticatedUser } from './domain/authenticated-user';
import { LoginThrottle } from './login-throttle';
import { LoginAudit } from './login-audit';
import { PasswordHasher } from './password-hasher';
import { RefreshTokenRepository } from './persistence/refresh-token.repository';
import { AWAY } from './read-through-cache';
import { hashToken, type Session, Sessions } from './tokens/sessions.service';
import { UserAdministration } from './user-administration.service';
import { UserService } from './user.service';

@Injectable()
export class LoginService {
  private readonly throttle = new LoginThrottle();
  private readonly logger = new Logger(LoginService.name);

  constructor(
    private readonly users: UserService,
    private readonly hasher: PasswordHasher,
    private readonly audit: LoginAudit,
    private readonly refreshTokens: RefreshTokenRepository,
    private readonly sessions: Sessions,
    private readonly administration: UserAdministration,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Refusals: `rate_limited`; `invalid_credentials`, the same for an unknown user and for a wrong password. */
  async login({ email, password }: LoginRequest, address: string): Promise<Result<Session, RelayError>> {
    if (!this.config.current.auth.passwordLogin) return err(noPasswords());
    const waitMs = this.throttle.begin(email, address, this.clock.now());
    if (waitMs > 0) return err(tooManyAttempts(waitMs));
    const user = await this.check(email, password, address).finally(() => this.throttle.ended());
    if (user === null) return err(wrongCredentials());
    this.throttle.succeeded(email, address);
    await this.audit.succeeded(user, address);
    return ok(await this.sessions.begin(user));
  }

  /** The own password. Every session ends, and the caller goes on with a new one. Wrong guesses count as those of logins do. */
  async changePassword(
    { id, email }: AuthenticatedUser,
    { current, new: password }: ChangePassword,
    address: string,
  ): Promise<Result<Session, RelayError>> {
    const waitMs = this.throttle.begin(email, address, this.clock.now());
    if (waitMs > 0) return err(tooManyAttempts(waitMs));
    const user = await this.check(email, current, address).finally(() => this.throttle.ended());
    if (user?.id !== id) return err(notThePassword());
    this.throttle.succeeded(email, address);
    const changed = await this.administration.update(id, { password }, { id, email });
    return changed.ok ? this.goOn(id, (active) => this.sessions.begin(active)) : changed;
  }

  /**
   * Exchanges a refresh token for the next. A used one that comes again was stolen or copied: every session of the user ends,
   * unless it comes so soon that two tabs explain it.
   */
  async refresh(token: string | undefined): Promise<Result<Session, RelayError>> {
    if (token === undefined) return err(sessionEnded());
    const next = this.sessions.nextToken();
    const rotation = await this.refreshTokens.rotate(hashToken(token), next.stored, this.now());
    switch (rotation.outcome) {
      case 'rotated':
        return this.goOn(rotation.userId, (user) => this.sessions.carryOn(user, next.token));
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

  private async goOn(
    userId: string,
    session: (user: AuthenticatedUser) => Session | Promise<Session>,
  ): Promise<Result<Session, RelayError>> {
    const user = await this.users.findActive(userId);
    if (user === AWAY) return err(new RelayError('unavailable', 'The session cannot be checked at the moment.'));
    if (user === null) return err(sessionEnded());
    return ok(await session(user));
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
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

function notThePassword(): RelayError {
  return new RelayError('invalid_request', 'current: is not the password of this user', { param: 'current' });
}

function noPasswords(): RelayError {
  return new RelayError('forbidden', 'Nobody logs in with a password here. GET /api/auth/methods says how.');
}
