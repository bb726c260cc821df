import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { evidenceKey, shareOf, type Evidence, type EvidenceOf } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import { decay, EvidenceBook } from '../domain/evidence-book';
import { asOneVoice } from '../domain/one-voice';
import { FeedbackStore, type EvidenceRow, type Verdict } from './feedback-store';

/** Tenants, and voices of all tenants (users, and keys where the app names none), whose evidence is kept in memory; who was not asked about for longest goes first. */
const MAX_TENANTS = 10_000;
const MAX_VOICES = 50_000;
/** Tenants without a book that one look asks the database for; who is left out asks again. */
const MAX_MISSED = 1_000;
/** Tenants that one query reads: with what is read of each at most 200,000 groups. */
const TENANTS_AT_A_TIME = 100;
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
  private readonly voices = new LRUCache<string, EvidenceBook>({ max: MAX_VOICES });
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
      user: user === '' ? NO_EVIDENCE : (this.voices.get(userVoice(tenantId, user))?.read(now) ?? NO_EVIDENCE),
    };
  }

  /** A verdict that was just stored, in the place of an earlier one if there was one. */
  verdict(said: Verdict, earlier: Verdict | null): void {
    if (earlier) this.count(earlier, -1);
    this.count(said, 1);
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
    const missed = [...this.missed];
    const { readAt, tenants: changed } = await this.store.changedSince(this.readUntil ?? new Date(0));
    const wanted = [...new Set([...changed, ...missed])];
    for (let at = 0; at < wanted.length; at += TENANTS_AT_A_TIME) {
      const tenants = wanted.slice(at, at + TENANTS_AT_A_TIME);
      const now = this.clock.now();
      this.take(tenants, await this.store.evidence(now, tenants), now);
    }
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

  /** One verdict more (1) or less (-1). In the tenant's book stands what its voices may weigh there, not what they weigh. */
  private count(verdict: Verdict, times: 1 | -1): void {
    const { tenant, model, task, score, at } = verdict;
    if (model === null) return;
    const key = evidenceKey(task ?? '', model);
    const now = this.clock.now();
    const weight = times * decay(now - at);
    const voice = bookOf(this.voices, voiceOf(tenant, verdict.user ?? '', verdict.keyId));
    const before = asOneVoice(voice.verdictsOf(key, now));
    voice.add(key, { weight, sum: weight * shareOf(score) }, now);
    const after = asOneVoice(voice.verdictsOf(key, now));
    const change = { weight: after.weight - before.weight, sum: after.sum - before.sum };
    bookOf(this.tenants, tenant).add(key, change, now);
  }

  /** Everything that is known of some tenants. */
  private take(tenantIds: readonly string[], rows: readonly EvidenceRow[], now: number): void {
    const tenants = new Map<string, Map<string, Evidence>>();
    const voices = new Map<string, Map<string, Evidence>>();
    for (const row of rows) {
      const key = evidenceKey(row.task, row.model);
      gather(tenants, row.tenant, key, asOneVoice(row));
      gather(voices, voiceOf(row.tenant, row.user, row.key), key, row);
    }
    this.silence(tenantIds, voices);
    for (const [id, evidence] of tenants) bookOf(this.tenants, id).replace(evidence, now);
    for (const [id, evidence] of voices) bookOf(this.voices, id).replace(evidence, now);
  }

  /** Voices of these tenants that said nothing which still counts: another user may have had the last say. */
  private silence(tenantIds: readonly string[], heard: ReadonlyMap<string, unknown>): void {
    const read = new Set(tenantIds);
    for (const id of [...this.voices.keys()]) if (read.has(tenantOf(id)) && !heard.has(id)) this.voices.delete(id);
  }
}

// Tenant ids hold no NUL.
const userVoice = (tenantId: string, user: string): string => `${tenantId}\0user ${user}`;
const voiceOf = (tenantId: string, user: string, keyId: string): string =>
  user === '' ? `${tenantId}\0key ${keyId}` : userVoice(tenantId, user);
const tenantOf = (voice: string): string => voice.slice(0, voice.indexOf('\0'));

function bookOf(books: LRUCache<string, EvidenceBook>, id: string): EvidenceBook {
  let book = books.get(id);
  if (!book) {
    book = new EvidenceBook();
    books.set(id, book);
  }
  return book;
}

function gather(all: Map<string, Map<string, Evidence>>, id: string, key: string, { weight, sum }: Evidence): void {
  const evidence = all.get(id) ?? new Map<string, Evidence>();
  all.set(id, evidence);
  const before = evidence.get(key) ?? { weight: 0, sum: 0 };
  evidence.set(key, { weight: before.weight + weight, sum: before.sum + sum });
}
