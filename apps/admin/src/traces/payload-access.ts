import { AuditLog, type AuthenticatedUser } from '@relay/auth';
import type { TraceDetail, TracePage, TraceQuery } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { PayloadVault } from '@relay/trace';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';

/** Who looks at one payload again within so long has read it once. */
const ONE_READING_MS = 600_000;
const MAX_READINGS = 10_000;

/**
 * Who may read what tenants said: owners and operators, and the tenant-admin of that tenant; viewers see the trace without it. That
 * somebody of the operation reads it is told to the audit log, before it is shown.
 */
@Injectable()
export class PayloadAccess {
  private readonly readings = new LRUCache<string, number>({ max: MAX_READINGS });

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly log: AuditLog,
    private readonly vault: PayloadVault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The trace as this user may see it. Rejects where the reading cannot be told to the audit log. */
  async show(detail: TraceDetail, user: AuthenticatedUser): Promise<TraceDetail> {
    if (detail.payload === null) return detail;
    if (!mayRead(user)) return { ...detail, payload: null, payloadHidden: true };
    if (user.role !== 'tenant-admin') await this.tell(detail, user);
    return detail;
  }

  /** Excerpts are of prompts and answers. Where those are sealed a search finds rows only, and says so. */
  list(page: TracePage, { q }: Pick<TraceQuery, 'q'>, user: AuthenticatedUser): TracePage {
    const told = q === undefined ? page : { ...page, wordsSearched: this.vault.isSearchable };
    if (mayRead(user)) return told;
    return { ...told, data: told.data.map(({ excerpt: _hidden, ...row }) => row) };
  }

  private async tell({ id: traceId, tenant }: TraceDetail, { id, email }: AuthenticatedUser): Promise<void> {
    const reading = `${id} ${traceId}`;
    const now = this.clock.now();
    const readAt = this.readings.get(reading);
    if (readAt !== undefined && now - readAt < ONE_READING_MS) return;
    const entry = { actor: { id, email }, action: 'trace.payload-read', target: traceId, detail: { tenant } };
    await this.dataSource.transaction((transaction) => this.log.append(entry, transaction));
    this.readings.set(reading, now);
  }
}

const mayRead = ({ role }: AuthenticatedUser): boolean => role !== 'viewer';
