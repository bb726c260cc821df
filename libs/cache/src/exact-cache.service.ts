import { Inject, Injectable } from '@nestjs/common';
import { ConfigStore, ENVIRONMENT, type Environment } from '@relay/config';
import { CLOCK, LiveMap, RelayError, err, ok, type Clock, type Result } from '@relay/core';
import { REDIS } from '@relay/database';
import type { Redis } from 'ioredis';
import type { CachedAnswer } from './domain/cached-answer';
import { parseCursor, type ExactEntry, type ExactEntryPage, type ExactEntryQuery } from './domain/exact-entry';
import { exactKey, type CacheScope } from './domain/exact-key';
import { labelsNamed, type CacheSelector } from './domain/labels';
import { Invalidations } from './invalidation/invalidations.service';
import { cipherOf } from './tiers/entry-cipher';
import { EntryCodec } from './tiers/entry-codec';
import { MemoryTier, type L1Stats } from './tiers/l1-memory.tier';
import { RedisTier, type L2Stats } from './tiers/l2-redis.tier';

export interface ExactCacheStats {
  readonly l1: L1Stats;
  readonly l2: L2Stats | null;
  /** Answers not stored because they exceed `cache.maxEntryBytes`. */
  readonly tooLarge: number;
}

/** Entries of this process's memory and of Redis; `total` has what is in both once. */
export interface ExactCount {
  readonly memory: number;
  readonly redis: { readonly count: number; readonly atLeast: boolean } | null;
  readonly total: number;
}

/** Answers to requests that were asked before, word for word: this process's memory first, then the Redis all share. */
@Injectable()
export class ExactCache {
  private readonly l1: MemoryTier;
  private readonly l2: RedisTier | null;
  private readonly sharing = new LiveMap<string, Promise<void>>(); // by key: what is on its way to L2
  private maxEntryBytes = 0; // set by the configuration at once
  private tooLarge = 0;

  constructor(
    @Inject(CLOCK) clock: Clock,
    config: ConfigStore,
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(REDIS) redis: Redis | null,
    private readonly invalidations: Invalidations,
  ) {
    this.l1 = new MemoryTier(clock, invalidations, config.current.cache.l1.maxBytes);
    this.l2 = redis && new RedisTier(redis, new EntryCodec(cipherOf(environment)), clock, invalidations);
    config.register({ name: 'cache', prepare: ({ cache }) => ({ problems: [], apply: () => this.configure(cache) }) });
  }

  get hasL2(): boolean {
    return this.l2 !== null;
  }

  /**
   * 64 hex digits; equal for requests with the same meaning in the same scope. Null for one that cannot be told apart from others: with a number
   * beyond 2^53, or nested by the thousand. Nothing is kept for it, and nothing served to it.
   */
  key(scope: CacheScope, body: Readonly<Record<string, unknown>>): string | null {
    try {
      return exactKey(scope, body);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  /** Gives answers until they may not even be served stale any more; whether one is still fresh says its `expiresAt`. Void ones never. */
  getL1(key: string): CachedAnswer | undefined {
    return this.l1.get(key);
  }

  /** Whether `getL1` would give something; counts for nothing. */
  holdsL1(key: string): boolean {
    return this.l1.holds(key);
  }

  /** As `getL1`. Waits 50 ms for Redis at most, after what this process is writing under the key, and never rejects; what it finds is in L1 from then on. Only a first look-up that finds nothing counts as a miss. */
  async getL2(key: string, isFirst = true): Promise<CachedAnswer | undefined> {
    const sharing = this.sharing.get(key);
    if (sharing) await sharing;
    const answer = await this.l2?.get(key, this.maxEntryBytes, isFirst);
    if (answer) this.l1.offer(key, answer);
    return answer;
  }

  /** Found in L1 at once. Settles when L2 has it, or when that was given up; never rejects. */
  put(key: string, answer: CachedAnswer): Promise<void> {
    if (answer.body.length > this.maxEntryBytes) {
      this.tooLarge++;
      return Promise.resolve();
    }
    if (this.invalidations.isVoid(answer)) return Promise.resolve(); // invalidated while it was made
    this.l1.set(key, answer);
    return this.l2 === null ? Promise.resolve() : this.share(this.l2, key, answer);
  }

  /**
   * Frees the memory of what fits and says how many entries went: in this process's memory and in Redis, what is in both counted once.
   * Best effort, as Redis may be away; what must not be served again is made void by `Invalidations.invalidate` before.
   */
  async remove(selector: CacheSelector): Promise<number> {
    const labels = labelsNamed(selector);
    if (labels === null) return 0;
    const removed = this.l1.remove(labels);
    return removed.size + ((await this.l2?.remove(labels, removed)) ?? 0);
  }

  /** Frees this process's memory of what fits. Gives how many entries are gone for good by that: none where Redis has copies. */
  forget(selector: CacheSelector): number {
    const labels = labelsNamed(selector);
    const removed = labels === null ? 0 : this.l1.remove(labels).size;
    return this.l2 === null ? removed : 0;
  }

  /** Takes what fits and is void out of Redis, page by page: gives how many entries went. Rejects when Redis fails on the way. */
  async *removeVoid(selector: CacheSelector): AsyncGenerator<number, void> {
    const labels = labelsNamed(selector);
    if (labels !== null && this.l2) yield* this.l2.removeVoid(labels, this.maxEntryBytes);
  }

  /** How many entries `remove` would take, without doing so. Never rejects; null: there is no Redis. */
  async count(selector: CacheSelector): Promise<ExactCount> {
    const labels = labelsNamed(selector);
    const here: ReadonlySet<string> = labels === null ? new Set() : this.l1.keysOf(labels);
    const shared = labels === null ? null : ((await this.l2?.count(labels, here)) ?? null);
    return { memory: here.size, redis: shared, total: here.size + (shared?.further ?? 0) };
  }

  /** Entries that have all these labels (none: all), latest to expire first: of Redis, or without one of this process. Refusals: `unavailable`, `invalid_request` (cursor). */
  async entries({ labels, limit, cursor = null }: ExactEntryQuery): Promise<Result<ExactEntryPage, RelayError>> {
    const after = cursor === null ? null : parseCursor(cursor);
    if (after === undefined) return err(new RelayError('invalid_request', 'This cursor is not one of this list.'));
    if (!this.l2) return ok(this.l1.list(labels, limit, after));
    return this.l2.list(labels, limit, after, this.maxEntryBytes);
  }

  /** The entry of this key, of this process's memory or of Redis; null: there is none. Refusal: `unavailable`. */
  async entry(key: string): Promise<Result<ExactEntry | null, RelayError>> {
    const labels = [`key:${key}`];
    const [here] = this.l1.list(labels, 1, null).entries;
    if (here || !this.l2) return ok(here ?? null);
    const page = await this.l2.list(labels, 1, null, this.maxEntryBytes);
    return page.ok ? ok(page.value.entries[0] ?? null) : page;
  }

  stats(): ExactCacheStats {
    return { l1: this.l1.stats(), l2: this.l2?.stats() ?? null, tooLarge: this.tooLarge };
  }

  private async share(l2: RedisTier, key: string, answer: CachedAnswer): Promise<void> {
    const sharing = l2.put(key, answer);
    this.sharing.set(key, sharing);
    await sharing;
    if (this.sharing.get(key) === sharing) this.sharing.delete(key);
  }

  private configure(cache: { readonly l1: { readonly maxBytes: number }; readonly maxEntryBytes: number }): void {
    this.maxEntryBytes = cache.maxEntryBytes;
    this.l1.resize(cache.l1.maxBytes);
  }
}
