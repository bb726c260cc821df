import { type AuthenticatedUser, UserService } from '@relay/auth';
import { CLOCK, type Clock, isUuid } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';

/** Whether a login that opened a long reply still holds. */
@Injectable()
export class LoginWatch {
  constructor(
    private readonly users: UserService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

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
