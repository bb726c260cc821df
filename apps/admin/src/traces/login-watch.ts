import { type AuthenticatedUser, IdentityChanges, UserService } from '@relay/auth';
import { CLOCK, type Clock, isUuid, RelayError } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';

/** Whether a login that opened a long reply still holds. */
@Injectable()
export class LoginWatch {
  private readonly watched = new Map<string, Set<() => void>>(); // by user id

  constructor(
    private readonly users: UserService,
    changes: IdentityChanges,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    changes.listen({
      changed: ({ kind, id }) => kind === 'user' && this.watched.get(id)?.forEach((ask) => ask()),
      missed: () => this.watched.forEach((asking) => asking.forEach((ask) => ask())),
    });
  }

  /** Calls when something of a user may have changed, until the function that it gives is called. */
  onChange({ id }: AuthenticatedUser, ask: () => void): () => void {
    const asking = this.watched.get(id) ?? new Set();
    this.watched.set(id, asking.add(ask));
    return () => {
      asking.delete(ask);
      if (asking.size === 0 && this.watched.get(id) === asking) this.watched.delete(id);
    };
  }

  /** Asks again and again whether the login that a request came with still holds; rejects when it does not. */
  guard(user: AuthenticatedUser, authorization: string | undefined): () => Promise<void> {
    const endsAt = this.clock.monotonic() + this.msLeft(authorization);
    return async () => {
      if (this.clock.monotonic() >= endsAt)
        throw new RelayError('invalid_credentials', 'The access token has ended. Log in again.');
      if (!(await this.stillHolds(user).catch(() => true)))
        throw new RelayError('forbidden', 'The user was disabled or has another role now.');
    };
  }

  /** When the access token of a request ends, in ms from now. It has been verified before; a token that names no end has none. */
  msLeft(authorization: string | undefined): number {
    const expiresAt = expiryOf(authorization ?? '');
    return expiresAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, expiresAt * 1_000 - this.clock.now());
  }

  /**
   * False when the user was disabled, or became somebody who sees other things. As long as nobody can tell, it holds. Whom an identity
   * provider's token stands for alone is no user here: the token's end is all there is.
   */
  async stillHolds({ id, role, tenant }: AuthenticatedUser): Promise<boolean> {
    if (!isUuid(id)) return true;
    const now = await this.users.findActive(id);
    if (typeof now === 'symbol') return true;
    return now !== null && now.role === role && now.tenant === tenant;
  }
}

/** The claim `exp` of a JSON Web Token, seconds since the epoch. */
function expiryOf(authorization: string): number | undefined {
  const [, payload] = authorization.replace(/^Bearer /i, '').split('.');
  try {
    const { exp } = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as { exp?: unknown };
    return typeof exp === 'number' ? exp : undefined;
  } catch {
    return undefined;
  }
}
