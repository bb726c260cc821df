import { RelayError, err, ok, within, type Clock, type Result } from '@relay/core';
import type { Redis } from 'ioredis';
import type { CachedAnswer } from '../domain/cached-answer';
import { viewEntry, type EntryPosition, type ExactEntry, type ExactEntryPage } from '../domain/exact-entry';
import { hasLabels } from '../domain/labels';
import type { EntryCodec } from './entry-codec';
import { EntryIndex } from './entry-index';
import type { Marks } from './l1-memory.tier';
import { Outage, isReply } from './outage';

/** How long a request waits for Redis before it goes on without. */
export const LOOKUP_TIMEOUT_MS = 50;
/** Most that waits to be written; beyond it answers are not shared. */
const MAX_PENDING_WRITE_BYTES = 33_554_432;
const MAX_PENDING_WRITES = 1_024;
/** Most entries read at a time for a list: each may be as large as the largest allowed. */
const LIST_AT_ONCE = 8;
/** How long somebody waits to hear how many entries there are, and most that are looked at for it. */
const COUNT_TIMEOUT_MS = 1_000;
const MAX_COUNTED = 50_000;
/** Each key is its own hash tag: one command, one slot, all slots used in a cluster. */
const redisKey = (key: string): string => `relay:cache:{${key}}`;

/** Outcome counts since the start of the process. */
export interface L2Stats {
  readonly hits: number;
  readonly misses: number;
  /** Found but not readable: another schema or secret, garbage. A miss as well. */
  readonly unreadable: number;
  /** Found but invalidated. A miss as well. */
  readonly voided: number;
  /** Lookups that failed, took too long or were not tried because of that. A miss as well. */
  readonly failures: number;
  readonly writes: number;
  readonly writeFailures: number;
  /** Written, but not listed by all its labels: found by its key only. */
  readonly unlisted: number;
  readonly pendingWrites: number;
}

/** What the tier must know of invalidations, and whether those of other processes are known. */
export interface SharedMarksView extends Marks {
  readonly current: boolean;
}

/** Entries, and those of them that were not counted elsewhere. */
export interface SharedCount {
  readonly count: number;
  readonly further: number;
  readonly atLeast: boolean; // not all was seen
}

type Missing = 'misses' | 'unreadable' | 'voided';

/** Answers shared by all processes, in Redis. Whatever goes wrong here is a miss. */
export class RedisTier {
  private readonly counts = {
    hits: 0,
    misses: 0,
    unreadable: 0,
    voided: 0,
    failures: 0,
    writes: 0,
    writeFailures: 0,
    unlisted: 0,
  };
  private readonly index: EntryIndex;
  private readonly outage: Outage;
  private pendingWrites = 0;
  private pendingWriteBytes = 0;

  constructor(
    private readonly redis: Redis,
    private readonly codec: EntryCodec,
    private readonly clock: Clock,
    private readonly marks: SharedMarksView,
  ) {
    this.index = new EntryIndex(redis, clock);
    this.outage = new Outage(clock);
  }

  /** Unless it `isFirst`, nothing found is not counted. */
  async get(key: string, maxBodyBytes: number, isFirst = true): Promise<CachedAnswer | undefined> {
    if (!this.available() || !this.marks.current) return this.missed('failures');
    try {
      const asked = this.redis.getBuffer(redisKey(key));
      if (!(await within(this.clock, LOOKUP_TIMEOUT_MS, asked)))
        throw new Error(`no answer within ${LOOKUP_TIMEOUT_MS} ms`);
      const value = await asked;
      this.outage.recovered();
      const found = await this.read(key, value, maxBodyBytes);
      if (typeof found === 'string') return isFirst ? this.missed(found) : undefined;
      this.counts.hits++;
      return found;
    } catch (error) {
      this.outage.failed(error);
      return this.missed('failures');
    }
  }

  /** Settles when Redis has the answer or it was given up; that it is listed nobody waits for, but it counts as pending until then. */
  async put(key: string, answer: CachedAnswer): Promise<void> {
    const bytes = answer.body.length;
    const full = this.pendingWrites >= MAX_PENDING_WRITES || this.pendingWriteBytes + bytes > MAX_PENDING_WRITE_BYTES;
    if (full || !this.available()) {
      this.counts.writeFailures++;
      return;
    }
    this.pendingWrites++;
    this.pendingWriteBytes += bytes;
    let listed = Promise.resolve();
    try {
      const value = await this.codec.encode(key, answer);
      const ttlMs = Math.floor(answer.staleUntil - this.clock.now());
      if (ttlMs > 0) {
        listed = this.index.add(key, answer.labels, answer.staleUntil).catch(() => void this.counts.unlisted++);
        await this.redis.set(redisKey(key), value, 'PX', ttlMs);
        this.counts.writes++;
      }
    } catch (error) {
      this.counts.writeFailures++;
      this.outage.failed(error);
    }
    void listed.then(() => {
      this.pendingWrites--;
      this.pendingWriteBytes -= bytes;
    });
  }

  /** How many entries went that are not among `counted`; fewer than there were if Redis fails on the way. */
  async remove(labels: readonly string[], counted: ReadonlySet<string>): Promise<number> {
    let removed = 0;
    try {
      for await (const keys of this.index.keysOf(labels)) {
        const gone = await Promise.all(keys.map((key) => this.redis.unlink(redisKey(key))));
        removed += keys.filter((key, i) => gone[i] === 1 && !counted.has(key)).length;
        await this.index.forget(keys, labels);
      }
    } catch (error) {
      this.outage.failed(error);
    }
    return removed;
  }

  /**
   * Void entries that have the labels, and those that nobody can read, page by page: gives how many went. Fresh ones stay, whatever was
   * stored under the same labels meanwhile, but for one that comes in the very moment. Rejects when Redis fails on the way or marks are missing.
   */
  async *removeVoid(labels: readonly string[], maxBodyBytes: number): AsyncGenerator<number, void> {
    for await (const keys of this.index.keysOf(labels)) {
      let removed = 0;
      for (let i = 0; i < keys.length; i += LIST_AT_ONCE) {
        const gone = await this.unserved(keys.slice(i, i + LIST_AT_ONCE), maxBodyBytes);
        await this.index.forget(gone, labels); // before: what is stored anew in between may be listed and gone, never there and unlisted
        const counts = await Promise.all(gone.map((key) => this.redis.unlink(redisKey(key))));
        removed += counts.reduce((sum, count) => sum + count, 0);
      }
      yield removed;
    }
  }

  /** What `remove` would give, and how many there are with those that are `counted`. Looks for a second at most, and never rejects. */
  async count(labels: readonly string[], counted: ReadonlySet<string>): Promise<SharedCount> {
    const seen = new Set<string>();
    const found = { count: 0, further: 0, atLeast: true };
    if (!this.available()) return found;
    const tally = async (): Promise<void> => {
      for await (const keys of this.index.keysOf(labels)) {
        const fresh = keys.filter((key) => !seen.has(key));
        const there = await Promise.all(fresh.map((key) => this.redis.exists(redisKey(key))));
        if (given) return;
        fresh.forEach((key, i) => {
          seen.add(key);
          found.count += there[i] ?? 0;
          if (!counted.has(key)) found.further += there[i] ?? 0;
        });
        if (seen.size >= MAX_COUNTED) return;
      }
      found.atLeast = false;
    };
    let given = false;
    await within(this.clock, COUNT_TIMEOUT_MS, tally()).catch((error: unknown) => this.outage.failed(error));
    given = true; // what comes later counts for nothing
    return { ...found };
  }

  async list(
    labels: readonly string[],
    limit: number,
    after: EntryPosition | null,
    maxBodyBytes: number,
  ): Promise<Result<ExactEntryPage, RelayError>> {
    try {
      const { keys, nextCursor } = await this.index.page(labels, limit, after);
      const entries: ExactEntry[] = [];
      for (let i = 0; i < keys.length; i += LIST_AT_ONCE) {
        entries.push(...(await this.view(keys.slice(i, i + LIST_AT_ONCE), labels, maxBodyBytes)));
      }
      return ok({ entries, nextCursor });
    } catch (error) {
      this.outage.failed(error);
      return err(new RelayError('unavailable', 'The shared cache did not answer.', { cause: error }));
    }
  }

  stats(): L2Stats {
    return { ...this.counts, pendingWrites: this.pendingWrites };
  }

  private available(): boolean {
    return this.redis.status === 'ready' && !this.outage.pausing;
  }

  /** Those of the keys whose entry is served to nobody, or gone. */
  private async unserved(keys: readonly string[], maxBodyBytes: number): Promise<string[]> {
    const found = await Promise.all(keys.map((key) => this.lookUp(key, maxBodyBytes).catch(missingIfReplied)));
    if (!this.marks.current) throw new Error('the marks of other processes are not known');
    return keys.filter((_key, i) => typeof found[i] === 'string');
  }

  /** Those that can be read and still have the labels: a key may have been stored anew by another tenant of its group. */
  private async view(keys: readonly string[], labels: readonly string[], maxBodyBytes: number): Promise<ExactEntry[]> {
    const answers = await Promise.all(keys.map((key) => this.lookUp(key, maxBodyBytes).catch(missingIfReplied)));
    return keys.flatMap((key, i) => {
      const answer = answers[i];
      if (answer === undefined || typeof answer === 'string') return [];
      return hasLabels(answer.labels, labels) ? [viewEntry(key, answer)] : [];
    });
  }

  private async lookUp(key: string, maxBodyBytes: number): Promise<CachedAnswer | Missing> {
    return this.read(key, await this.redis.getBuffer(redisKey(key)), maxBodyBytes);
  }

  /** To unpack megabytes may take longer than Redis did, and is still the shorter way to an answer. */
  private async read(key: string, value: Buffer | null, maxBodyBytes: number): Promise<CachedAnswer | Missing> {
    if (value === null) return 'misses';
    const answer = await this.codec.decode(key, value, maxBodyBytes);
    if (answer === undefined) return 'unreadable';
    if (this.clock.now() >= answer.staleUntil) return 'misses';
    return this.marks.isVoid(answer) ? 'voided' : answer;
  }

  private missed(reason: Missing | 'failures'): undefined {
    this.counts[reason]++;
    return undefined;
  }
}

function missingIfReplied(error: unknown): Missing {
  if (isReply(error)) return 'unreadable';
  throw error;
}
