import type { Clock } from '@relay/core';
import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

export const FRESH_MS = 10_000; // how long a found value serves without another look: the longest life of a revoked key
/** From this age on a request renews the value in passing, without waiting for it; what is left is more than a load may take. */
export const REFRESH_AFTER_MS = 7_000;
const ABSENT_FRESH_MS = 5_000; // the same for "there is none"
const MAX_STALE_MS = 3_600_000; // how long a found value goes on while its source is away
const RETRY_MS = 1_000; // time between two looks while the source is away
const LOAD_TIMEOUT_MS = 2_000;
const MAX_FOUND = 10_000; // entries
const MAX_ABSENT = 10_000; // entries
const MAX_LOADS = 256; // in flight at once
const MAX_LOADS_BEFORE_REFRESH = 128; // renewing ahead of time leaves room for those who must wait

/** The source did not answer and nothing usable is remembered. */
export const AWAY = Symbol('AWAY');
export type Lookup<V> = V | null | typeof AWAY;

interface Entry<V> {
  readonly value: V;
  readonly loadedAt: number; // when its load began: what was changed since may be missing
  refreshAt: number;
  freshUntil: number;
}

/**
 * Values of a slow source, remembered for a short time; `null` stands for "there is none" and is remembered too, apart, so
 * that a flood of wrong ids cannot push out the right ones. A remembered value is returned as such, not as a promise.
 * Concurrent looks at one id share one load. What is asked for steadily is renewed before it is too old, so that nobody waits. While the source is away what was found before goes on serving.
 */
export class ReadThroughCache<V extends object> {
  private readonly found = new LRUCache<string, Entry<V>>({ max: MAX_FOUND });
  private readonly absent = new LRUCache<string, number>({ max: MAX_ABSENT }); // id → fresh until, ms
  private readonly loads = new Map<string, Promise<Lookup<V>>>();
  private readonly logger = new Logger(ReadThroughCache.name);
  private away = false;

  constructor(
    private readonly name: string,
    private readonly load: (id: string) => Promise<V | null>,
    private readonly clock: Clock,
  ) {}

  get(id: string): Lookup<V> | Promise<Lookup<V>> {
    const now = this.clock.now();
    const entry = this.found.get(id);
    if (entry !== undefined && entry.freshUntil > now) {
      if (entry.refreshAt <= now) this.refresh(id, entry);
      return entry.value;
    }
    if (entry === undefined && (this.absent.get(id) ?? 0) > now) return null;
    return this.loads.get(id) ?? this.startLoad(id, entry);
  }

  /** Forgets the id at once; a load that is under way will not bring it back. */
  drop(id: string): void {
    this.found.delete(id);
    this.absent.delete(id);
    this.loads.delete(id);
  }

  /** The same for every value that it is true of, and for whatever was not found, since nobody knows what that would be. */
  dropWhere(concerns: (value: V) => boolean): void {
    for (const [id, { value }] of this.found.entries()) if (concerns(value)) this.found.delete(id);
    this.absent.clear();
    this.loads.clear();
  }

  /** Everything is looked up anew before it is used again. What was found goes on only while its source is away. */
  expire(): void {
    for (const entry of this.found.values()) entry.freshUntil = 0;
    this.absent.clear();
    this.loads.clear();
  }

  clear(): void {
    this.found.clear();
    this.absent.clear();
    this.loads.clear();
  }

  private refresh(id: string, entry: Entry<V>): void {
    if (!this.loads.has(id) && this.loads.size < MAX_LOADS_BEFORE_REFRESH) void this.startLoad(id, entry);
  }

  private startLoad(id: string, stale: Entry<V> | undefined): Lookup<V> | Promise<Lookup<V>> {
    if (this.loads.size >= MAX_LOADS) return AWAY;
    const startedAt = this.clock.now();
    const load: Promise<Lookup<V>> = this.loadInTime(id).then(
      (value) => this.remember(id, value, load, startedAt),
      (cause: unknown) => this.fallBack(id, stale, load, cause),
    );
    this.loads.set(id, load);
    return load;
  }

  private async loadInTime(id: string): Promise<V | null> {
    let cancel = (): void => undefined;
    const timeout = new Promise<never>((_, reject) => {
      cancel = this.clock.after(LOAD_TIMEOUT_MS, () => reject(new Error(`no answer within ${LOAD_TIMEOUT_MS} ms`)));
    });
    try {
      return await Promise.race([this.load(id), timeout]);
    } finally {
      cancel();
    }
  }

  private remember(id: string, value: V | null, load: Promise<Lookup<V>>, startedAt: number): V | null {
    if (this.away) this.logger.log(`${this.name} can be read again`);
    this.away = false;
    if (!this.finish(id, load)) return value;
    if (value === null) {
      this.found.delete(id);
      this.absent.set(id, startedAt + ABSENT_FRESH_MS);
    } else {
      const [refreshAt, freshUntil] = [startedAt + REFRESH_AFTER_MS, startedAt + FRESH_MS];
      this.found.set(id, { value, loadedAt: startedAt, refreshAt, freshUntil });
    }
    return value;
  }

  private fallBack(id: string, stale: Entry<V> | undefined, load: Promise<Lookup<V>>, cause: unknown): V | typeof AWAY {
    if (!this.away) this.logger.warn(`${this.name} cannot be read, known ones go on: ${String(cause)}`);
    this.away = true;
    const now = this.clock.now();
    if (!this.finish(id, load) || stale === undefined || now - stale.loadedAt > MAX_STALE_MS) return AWAY;
    stale.refreshAt = now + RETRY_MS;
    stale.freshUntil = Math.max(stale.freshUntil, now + RETRY_MS + LOAD_TIMEOUT_MS); // the next look is not waited for
    return stale.value;
  }

  /** Whether this load still counts: the id may have been dropped while it ran. */
  private finish(id: string, load: Promise<Lookup<V>>): boolean {
    return this.loads.get(id) === load && this.loads.delete(id);
  }
}
