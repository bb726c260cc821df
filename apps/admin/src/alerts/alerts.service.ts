import { AlertStore } from '@relay/alerts';
import { AuditLog, type AuthenticatedUser } from '@relay/auth';
import type { Alert, AlertPage, AlertQuery } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { found, unwrap } from '../http/unwrap';

@Injectable()
export class AlertsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly store: AlertStore,
    private readonly log: AuditLog,
  ) {}

  list(query: AlertQuery): Promise<AlertPage> {
    return unwrap(this.store.list(query));
  }

  async acknowledge({ id: actor, email }: AuthenticatedUser, id: string): Promise<Alert> {
    const { rule, subject } = await found(this.store.find(id), 'alert');
    await this.dataSource.transaction(async (transaction) => {
      if (!(await this.store.acknowledge(id, email, transaction)))
        throw new RelayError('conflict', 'That alert is resolved already.', { param: 'id' });
      const detail = { rule, subject };
      await this.log.append(
        { actor: { id: actor, email }, action: 'alert.acknowledge', target: id, detail },
        transaction,
      );
    });
    return found(this.store.find(id), 'alert');
  }
}
