import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AuditLog } from './audit/audit-log';
import type { AuditEntry } from './audit/chain';
import { AttemptLimiter } from './domain/attempt-limiter';
import type { AuthenticatedUser } from './domain/authenticated-user';

/** Failures told in a minute by one process: whoever guesses passwords cannot fill the log. The next one tells how many were not. */
const FAILURES_TOLD = 60;
const WINDOW_MS = 60_000;
const STRANGER = { id: 'anonymous', email: '' } as const;

/** Tells the audit log who logged in, and who did not. What was typed as an e-mail address is not told: it may be a password. */
@Injectable()
export class LoginAudit {
  private readonly failures = new AttemptLimiter({ attempts: FAILURES_TOLD, windowMs: WINDOW_MS, maxKeys: 1 });
  private untold = 0;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly log: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `method`: how, such as `password`, or the id of who vouched. */
  succeeded({ id, email }: AuthenticatedUser, address: string, method = 'password'): Promise<void> {
    return this.tell({ actor: { id, email }, action: 'login.success', target: id, detail: { address, method } });
  }

  /** `user` is whose account it was; null: nobody's. Both take as long. */
  async failed(user: AuthenticatedUser | null, address: string, method = 'password'): Promise<void> {
    if (this.failures.attempt('all', this.clock.now()) > 0) {
      this.untold += 1;
      return;
    }
    const detail = {
      address,
      method,
      ...(user && { email: user.email }),
      ...(this.untold > 0 && { untold: this.untold }),
    };
    this.untold = 0;
    await this.tell({ actor: STRANGER, action: 'login.failure', target: user?.id ?? 'unknown', detail });
  }

  private tell(entry: AuditEntry): Promise<void> {
    return this.dataSource.transaction((transaction) => this.log.append(entry, transaction));
  }
}
