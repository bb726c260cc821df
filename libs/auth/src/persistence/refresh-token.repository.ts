import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/**
 * A token whose successor was not used yet may come again for this long, ms: two tabs refresh at once, or a page was left before the reply
 * came. It gets another successor then, beside the first.
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
  | { readonly outcome: 'unknown' }; // never issued, expired, or logged out

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
    return this.rotateAgain(hash, next, now);
  }

  /** A token that was used: another successor, if the first one is as good as new; else it was copied. */
  private async rotateAgain(hash: Buffer, next: NewRefreshToken, now: Date): Promise<Rotation> {
    const [again]: { user_id: string }[] = await this.dataSource.query(
      `insert into refresh_tokens (id, user_id, hash, expires_at, created_at)
       select $3, token.user_id, $4, $5, $2
       from refresh_tokens token join refresh_tokens first on first.id = token.replaced_by
       where token.hash = $1 and token.revoked_at > $6 and token.expires_at > $2 and first.revoked_at is null
       returning user_id`,
      [hash, now, randomUUID(), next.hash, next.expiresAt, new Date(now.getTime() - REUSE_GRACE_MS)],
    );
    if (again) return { outcome: 'rotated', userId: again.user_id };
    const [used]: { user_id: string }[] = await this.dataSource.query(
      'select user_id from refresh_tokens where hash = $1 and replaced_by is not null',
      [hash],
    );
    return used ? { outcome: 'reused', userId: used.user_id } : { outcome: 'unknown' };
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
