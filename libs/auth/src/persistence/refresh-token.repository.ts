import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/**
 * A token whose successor was not used yet may come again for this long, ms: two tabs refresh at once, or the reply got lost.
 * It is refused then, but not taken for stolen.
 */
export const REUSE_GRACE_MS = 10_000;

export interface NewRefreshToken {
  readonly hash: Buffer; // SHA-256 of the token
  readonly expiresAt: Date;
}

/** What became of a token that was presented for rotation. */
export type Rotation =
  | { readonly outcome: 'rotated'; readonly userId: string }
  | { readonly outcome: 'reused'; readonly userId: string }
  | { readonly outcome: 'unknown' }; // never issued, expired, logged out, or replaced a moment ago

interface UsedToken {
  readonly user_id: string;
  readonly replaced: boolean;
  readonly just_now: boolean;
}

/** Refresh tokens, by hash. Used ones stay until they expire, so that their reuse is noticed. */
@Injectable()
export class RefreshTokenRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Adds a token and clears away what has expired of the same user. */
  async add(userId: string, token: NewRefreshToken, now: Date): Promise<void> {
    await this.dataSource.query(
      `with cleared as (delete from refresh_tokens where user_id = $2 and expires_at <= $5)
       insert into refresh_tokens (id, user_id, hash, expires_at, created_at) values ($1, $2, $3, $4, $5)`,
      [randomUUID(), userId, token.hash, token.expiresAt, now],
    );
  }

  /** Replaces a live token by the next in one statement: of two that present the same token only one can succeed. */
  async rotate(hash: Buffer, next: NewRefreshToken, now: Date): Promise<Rotation> {
    const rotated: { user_id: string }[] = await this.dataSource.query(
      `with used as (
         update refresh_tokens set revoked_at = $2, replaced_by = $3
         where hash = $1 and revoked_at is null and expires_at > $2
         returning user_id)
       insert into refresh_tokens (id, user_id, hash, expires_at, created_at)
       select $3, user_id, $4, $5, $2 from used returning user_id`,
      [hash, now, randomUUID(), next.hash, next.expiresAt],
    );
    if (rotated[0]) return { outcome: 'rotated', userId: rotated[0].user_id };
    const graceSince = new Date(now.getTime() - REUSE_GRACE_MS);
    const [used]: UsedToken[] = await this.dataSource.query(
      `select token.user_id, token.replaced_by is not null as replaced,
              token.revoked_at > $2 and next.id is not null and next.replaced_by is null as just_now
       from refresh_tokens token left join refresh_tokens next on next.id = token.replaced_by
       where token.hash = $1 and token.revoked_at is not null`,
      [hash, graceSince],
    );
    const reused = used?.replaced === true && !used.just_now;
    return reused ? { outcome: 'reused', userId: used.user_id } : { outcome: 'unknown' };
  }

  async revoke(hash: Buffer, now: Date): Promise<void> {
    await this.dataSource.query('update refresh_tokens set revoked_at = $2 where hash = $1 and revoked_at is null', [
      hash,
      now,
    ]);
  }

  async revokeAllOf(userId: string, now: Date): Promise<void> {
    await this.dataSource.query('update refresh_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null', [
      userId,
      now,
    ]);
  }
}
