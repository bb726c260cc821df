import { AuditLog, type AuthenticatedUser } from '@relay/auth';
import type { TraceDetail, TraceFilter, TracePage } from '@relay/contracts';
import { CLOCK, type Clock, RelayError } from '@relay/core';
import { PayloadVault, type TraceSearch } from '@relay/trace';
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

  /** What this user may search for: whether a prompt has a word is told to those alone who may read it. Throws `forbidden` for `text`. */
  searchOf<Asked extends Pick<TraceFilter, 'q' | 'text'>>(asked: Asked, user: AuthenticatedUser): Asked & Hidden {
    if (mayRead(user)) return asked;
    if (asked.text === undefined) return { ...asked, hidesWords: true };
    const message =
      'Words of prompts and answers are not searched for viewers. q finds request ids, models and errors.';
    throw new RelayError('forbidden', message, { param: 'text' });
  }

  /** Where prompts and answers are sealed, or not for this user, a search finds rows only, and says so. */
  list(page: TracePage, { q, text }: Pick<TraceFilter, 'q' | 'text'>, user: AuthenticatedUser): TracePage {
    if (q === undefined && text === undefined) return page;
    return { ...page, wordsSearched: this.vault.isSearchable && mayRead(user) };
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

type Hidden = Pick<TraceSearch, 'hidesWords'>;

const mayRead = ({ role }: AuthenticatedUser): boolean => role !== 'viewer';
