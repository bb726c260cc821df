import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { evidenceKey, shareOf, type Evidence, type EvidenceOf } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import { EvidenceBook } from '../domain/evidence-book';
import type { FinishedRequest } from '../domain/finished-request';
import { FeedbackStore, type EvidenceRow } from './feedback-store';

/** Tenants, and users of all tenants, whose evidence is kept in memory; who was not asked about for longest goes first. */
const MAX_TENANTS = 10_000;
const MAX_USERS = 50_000;
/** Tenants without a book that one look asks the database for; who is left out asks again. */
const MAX_MISSED = 1_000;
/** How often other processes' feedback is looked for. */
const POLL_MS = 15_000;
/** Rows become visible a little after the time they carry. */
const OVERLAP_MS = 2_000;

const NO_EVIDENCE: ReadonlyMap<string, Evidence> = new Map();

/** What is known of the answers that tenants and their users got, by task and model: in memory, for planning. */
@Injectable()
export class FeedbackLedger implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(FeedbackLedger.name);
  private readonly tenants = new LRUCache<string, EvidenceBook>({ max: MAX_TENANTS });
  private readonly users = new LRUCache<string, EvidenceBook>({ max: MAX_USERS });
  private readonly missed = new Set<string>(); // tenants that were asked about, and had no book
  private readUntil: Date | null = null; // by the database's clock; null: nothing was read yet
  private failing = false;
  private cancelPoll: (() => void) | null = null;
  private closed = false;

  constructor(
    private readonly store: FeedbackStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Not waited for: planning begins without evidence, and a slow database must not hold up the start. */
  onApplicationBootstrap(): void {
    void this.poll();
  }

  onApplicationShutdown(): void {
    this.closed = true;
    this.cancelPoll?.();
  }

  /**
   * The same maps until something changes. `user` is empty when the app named none. Of a tenant that had to make room for others
   * nothing is known until the next look.
   */
  evidenceOf(tenantId: string, user: string): EvidenceOf {
    const now = this.clock.now();
    return {
      tenant: this.loaded(tenantId)?.read(now) ?? NO_EVIDENCE,
      user: user === '' ? NO_EVIDENCE : (this.users.get(userKey(tenantId, user))?.read(now) ?? NO_EVIDENCE),
    };
  }

  /** A verdict, -1 to 1, that was just stored, in the place of an earlier one if there was one. */
  verdict({ tenant, user, task, model }: FinishedRequest, score: number, earlier: number | null): void {
    if (model === null) return;
    const key = evidenceKey(task ?? '', model);
    const now = this.clock.now();
    const replaced = earlier === null ? null : shareOf(earlier);
    bookOf(this.tenants, tenant).verdict(key, shareOf(score), replaced, now);
    if (user !== null) bookOf(this.users, userKey(tenant, user)).verdict(key, shareOf(score), replaced, now);
  }

  /** What a check made of an answer, 0 to 1. Stays in this process, and weighs little: none begins a book, which would look whole. */
  signal(tenantId: string, task: string | null, model: string, share: number): void {
    this.loaded(tenantId)?.signal(evidenceKey(task ?? '', model), share, this.clock.now());
  }

  /** Takes over what has changed in the database. Never rejects. */
  async poll(): Promise<void> {
    try {
      await this.read();
      this.failing = false;
    } catch (error) {
      if (!this.failing && !this.closed) this.logger.warn(`Feedback cannot be read for now: ${String(error)}`);
      this.failing = true;
    }
    if (!this.closed) this.cancelPoll = this.clock.after(POLL_MS, () => void this.poll());
  }

  private async read(): Promise<void> {
    const since = this.readUntil;
    const missed = [...this.missed];
    const { readAt, tenants: changed } = await this.store.changedSince(since ?? new Date(0));
    const now = this.clock.now();
    const wanted = since === null ? changed : [...new Set([...changed, ...missed])];
    if (wanted.length > 0) this.take(await this.store.evidence(now, since === null ? null : wanted), now);
    for (const id of missed) {
      bookOf(this.tenants, id); // empty, if there is nothing about it
      this.missed.delete(id);
    }
    this.readUntil = new Date(readAt.getTime() - OVERLAP_MS);
  }

  /** The book of a tenant; if there is none, the next look will bring one. */
  private loaded(tenantId: string): EvidenceBook | undefined {
    const book = this.tenants.get(tenantId);
    if (!book && this.missed.size < MAX_MISSED) this.missed.add(tenantId);
    return book;
  }

  private take(rows: readonly EvidenceRow[], now: number): void {
    const tenants = new Map<string, Map<string, Evidence>>();
    const users = new Map<string, Map<string, Evidence>>();
    for (const row of rows) {
      gather(tenants, row.tenant, row);
      if (row.user !== '') gather(users, userKey(row.tenant, row.user), row);
    }
    for (const [id, evidence] of tenants) bookOf(this.tenants, id).replace(evidence, now);
    for (const [id, evidence] of users) bookOf(this.users, id).replace(evidence, now);
  }
}

/** Tenant ids hold no NUL. */
const userKey = (tenantId: string, user: string): string => `${tenantId}\0${user}`;

function bookOf(books: LRUCache<string, EvidenceBook>, id: string): EvidenceBook {
  let book = books.get(id);
  if (!book) {
    book = new EvidenceBook();
    books.set(id, book);
  }
  return book;
}

function gather(all: Map<string, Map<string, Evidence>>, id: string, { task, model, weight, sum }: EvidenceRow): void {
  const evidence = all.get(id) ?? new Map<string, Evidence>();
  all.set(id, evidence);
  const key = evidenceKey(task, model);
  const before = evidence.get(key) ?? { weight: 0, sum: 0 };
  evidence.set(key, { weight: before.weight + weight, sum: before.sum + sum });
}
