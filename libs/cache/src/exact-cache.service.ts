import { Inject, Injectable } from '@nestjs/common';
import { ConfigStore, ENVIRONMENT, type Environment } from '@relay/config';
import type { ChatCompletionRequest } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { REDIS } from '@relay/database';
import type { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import type { CachedAnswer } from './domain/cached-answer';
import { exactKey, type CacheScope } from './domain/exact-key';
import { EntryCipher } from './tiers/entry-cipher';
import { EntryCodec } from './tiers/entry-codec';
import { MemoryTier, type L1Stats } from './tiers/l1-memory.tier';
import { RedisTier, type L2Stats } from './tiers/l2-redis.tier';

export interface ExactCacheStats {
  readonly l1: L1Stats;
  readonly l2: L2Stats | null;
  /** Answers not stored because they exceed `cache.maxEntryBytes`. */
  readonly tooLarge: number;
}

/** Answers to requests that were asked before, word for word: this process's memory first, then the Redis all share. */
@Injectable()
export class ExactCache {
  private readonly l1: MemoryTier;
  private readonly l2: RedisTier | null;
  private maxEntryBytes = 0; // set by the configuration at once
  private tooLarge = 0;

  constructor(
    @Inject(CLOCK) clock: Clock,
    config: ConfigStore,
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(REDIS) redis: Redis | null,
  ) {
    const secret = environment.RELAY_ENCRYPTION_KEY;
    this.l1 = new MemoryTier(clock, config.current.cache.l1.maxBytes);
    this.l2 = redis && new RedisTier(redis, new EntryCodec(secret ? new EntryCipher(secret) : null), clock);
    config.register({ name: 'cache', prepare: ({ cache }) => ({ problems: [], apply: () => this.configure(cache) }) });
  }

  get hasL2(): boolean {
    return this.l2 !== null;
  }

  /**
   * 64 hex digits; equal for requests with the same meaning in the same scope. A request nested too deep to be read
   * (thousands of levels) gets a key that no other request has.
   */
  key(scope: CacheScope, body: ChatCompletionRequest): string {
    try {
      return exactKey(scope, body);
    } catch (error) {
      if (error instanceof RangeError) return randomBytes(32).toString('hex');
      throw error;
    }
  }

  getL1(key: string): CachedAnswer | undefined {
    return this.l1.get(key);
  }

  /** Takes 50 ms at most and never rejects; what it finds is in L1 from then on. */
  async getL2(key: string): Promise<CachedAnswer | undefined> {
    const answer = await this.l2?.get(key, this.maxEntryBytes);
    if (answer) this.l1.set(key, answer);
    return answer;
  }

  /** Found in L1 at once; in L2 as soon as Redis has it. */
  put(key: string, answer: CachedAnswer): void {
    if (answer.body.length > this.maxEntryBytes) {
      this.tooLarge++;
      return;
    }
    this.l1.set(key, answer);
    this.l2?.put(key, answer);
  }

  stats(): ExactCacheStats {
    return { l1: this.l1.stats(), l2: this.l2?.stats() ?? null, tooLarge: this.tooLarge };
  }

  private configure(cache: { readonly l1: { readonly maxBytes: number }; readonly maxEntryBytes: number }): void {
    this.maxEntryBytes = cache.maxEntryBytes;
    this.l1.resize(cache.l1.maxBytes);
  }
}
