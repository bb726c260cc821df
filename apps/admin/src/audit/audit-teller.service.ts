import { AuditLog, type AuthenticatedUser } from '@relay/auth';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Tells the audit log what was done outside of the database, where no transaction can hold both. */
@Injectable()
export class AuditTeller {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly log: AuditLog,
  ) {}

  /** After the deed: it may be repeated without harm, and should be where this rejects. */
  async tell(
    { id, email }: AuthenticatedUser,
    action: string,
    target: string,
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.dataSource.transaction((transaction) =>
      this.log.append({ actor: { id, email }, action, target, detail }, transaction),
    );
  }
}
