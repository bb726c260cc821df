import { Logger } from '@nestjs/common';
import type { Clock } from '@relay/core';
import type { Redis } from 'ioredis';
import type { CachedAnswer } from '../domain/cached-answer';
import type { EntryCodec } from './entry-codec';

/** How long a request waits for the shared cache before it goes on without. */
export const LOOKUP_TIMEOUT_MS = 50;
/** So many failures in a row and the tier is left alone ... */
const FAILURES_BEFORE_PAUSE = 3;
/** ... for so long, lest every request waits for a store that hangs. */
export const PAUSE_MS = 1_000;
/** Most that waits to be written; beyond it answers are not shared. */
const MAX_PENDING_WRITE_BYTES = 33_554_432;
const MAX_PENDING_WRITES = 1_024;
/** Each key is its own hash tag: one command, one slot, all slots used in a cluster. */
const redisKey = (key: string): string => `relay:cache:{${key}}`;

/** Outcome counts since the start of the process. */
export interface L2Stats {
  readonly hits: number;
  readonly misses: number;
  /** Found but not readable: another schema or secret, garbage. A miss as well. */
  readonly unreadable: number;
  /** Lookups that failed, took too long or were not tried because of that. A miss as well. */
  readonly failures: number;
  readonly writes: number;
  readonly writeFailures: number;
  readonly pendingWrites: number;
}

/** Answers shared by all processes, in Redis. Whatever goes wrong here is a miss. */
export class RedisTier {
  private readonly logger = new Logger(RedisTier.name);
  private readonly counts = { hits: 0, misses: 0, unreadable: 0, failures: 0, writes: 0, writeFailures: 0 };
  private pendingWrites = 0;
  private pendingWriteBytes = 0;
  private failuresInARow = 0;
  private pausedUntilMs = -Infinity; // monotonic
  private outageLogged = false;

  constructor(
    private readonly redis: Redis,
    private readonly codec: EntryCodec,
    private readonly clock: Clock,
  ) {}

  async get(key: string, maxBodyBytes: number): Promise<CachedAnswer | undefined> {
    if (!this.available()) return this.missed('failures');
    try {
      const found = await this.inTime(this.lookup(key, maxBodyBytes));
      this.recovered();
      if (typeof found === 'string') return this.missed(found);
      this.counts.hits++;
      return found;
    } catch (error) {
      this.failed(error);
      return this.missed('failures');
    }
  }

  put(key: string, answer: CachedAnswer): void {
    const bytes = answer.body.length;
    const full = this.pendingWrites >= MAX_PENDING_WRITES || this.pendingWriteBytes + bytes > MAX_PENDING_WRITE_BYTES;
    if (full || !this.available()) {
      this.counts.writeFailures++;
      return;
    }
    this.pendingWrites++;
    this.pendingWriteBytes += bytes;
    void this.write(key, answer).finally(() => {
      this.pendingWrites--;
      this.pendingWriteBytes -= bytes;
    });
  }

  stats(): L2Stats {
    return { ...this.counts, pendingWrites: this.pendingWrites };
  }

  private available(): boolean {
    return this.redis.status === 'ready' && this.clock.monotonic() >= this.pausedUntilMs;
  }

  private async lookup(key: string, maxBodyBytes: number): Promise<CachedAnswer | 'misses' | 'unreadable'> {
    const value = await this.redis.getBuffer(redisKey(key));
    if (value === null) return 'misses';
    const answer = await this.codec.decode(key, value, maxBodyBytes);
    if (answer === undefined) return 'unreadable';
    return this.clock.now() < answer.expiresAt ? answer : 'misses';
  }

  private missed(reason: 'misses' | 'unreadable' | 'failures'): undefined {
    this.counts[reason]++;
    return undefined;
  }

  private async inTime<T>(work: Promise<T>): Promise<T> {
    let cancel = (): void => undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      cancel = this.clock.after(LOOKUP_TIMEOUT_MS, () => reject(new Error(`no answer within ${LOOKUP_TIMEOUT_MS} ms`)));
    });
    try {
      return await Promise.race([work, timeout]);
    } finally {
      cancel();
    }
  }

  private async write(key: string, answer: CachedAnswer): Promise<void> {
    try {
      const value = await this.codec.encode(key, answer);
      const ttlMs = Math.floor(answer.expiresAt - this.clock.now());
      if (ttlMs <= 0) return;
      await this.redis.set(redisKey(key), value, 'PX', ttlMs);
      this.counts.writes++;
    } catch (error) {
      this.counts.writeFailures++;
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    this.failuresInARow++;
    if (this.failuresInARow >= FAILURES_BEFORE_PAUSE) this.pausedUntilMs = this.clock.monotonic() + PAUSE_MS;
    if (this.outageLogged) return;
    this.outageLogged = true;
    this.logger.warn(
      `Shared cache not usable, going on without: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  private recovered(): void {
    this.failuresInARow = 0;
    if (!this.outageLogged) return;
    this.outageLogged = false;
    this.logger.log('Shared cache usable again');
  }
}
