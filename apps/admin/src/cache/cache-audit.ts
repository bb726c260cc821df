import { AuditLog, type AuthenticatedUser } from '@relay/auth';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Tells the audit log what was done to the cache, most of which lies outside of the database. */
@Injectable()
export class CacheAudit {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly log: AuditLog,
  ) {}

  /** After the deed: it may be repeated without harm, and should be where this rejects. */
  async tell(
    { id, email }: AuthenticatedUser,
    action: 'cache.invalidate' | 'cache.bad-hit' | 'cache.warm-cancel' | 'cache.prompts-read',
    target: string,
    detail: Record<string, unknown>,
  ): Promise<void> {
    await this.dataSource.transaction((transaction) =>
      this.log.append({ actor: { id, email }, action, target, detail }, transaction),
    );
  }
}
