import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

export interface NewIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly userId: string;
  readonly emailVerified: boolean;
}

/** Who users are at identity providers. */
@Injectable()
export class UserIdentities {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The user of a subject who logs in now; null: nobody yet. */
  async login(issuer: string, subject: string): Promise<string | null> {
    const rows: { user_id: string }[] = await this.dataSource.query(
      `WITH seen AS (
         UPDATE user_identities SET last_login_at = $3 WHERE issuer = $1 AND subject = $2 RETURNING user_id)
       SELECT user_id FROM seen`,
      [issuer, subject, new Date(this.clock.now())],
    );
    return rows[0]?.user_id ?? null;
  }

  /** Whether a user's e-mail address is known to be his: nobody made the account with an address that was never verified. */
  async mayBeLinked(userId: string): Promise<boolean> {
    const unverified: unknown[] = await this.dataSource.query(
      'SELECT 1 FROM user_identities WHERE user_id = $1 AND NOT email_verified LIMIT 1',
      [userId],
    );
    return unverified.length === 0;
  }

  async add(
    { issuer, subject, userId, emailVerified }: NewIdentity,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO user_identities (issuer, subject, user_id, email_verified, created_at, last_login_at)
       VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (issuer, subject) DO NOTHING`,
      [issuer, subject, userId, emailVerified, new Date(this.clock.now())],
    );
  }
}
