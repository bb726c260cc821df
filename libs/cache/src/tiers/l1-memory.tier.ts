import type { Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import type { CachedAnswer } from '../domain/cached-answer';

/**
 * What an entry costs beside its body: key, map slot, LRU links, answer object, Buffer and its backing store. Measured with
 * 100,000 entries of 200 B, 1 kB and 8 kB on Node 20.20: 1,140 to 1,290 bytes of RSS each, 573 of them on the JavaScript heap.
 */
export const ENTRY_OVERHEAD_BYTES = 1_280;

export interface L1Stats {
  readonly entries: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
}

/** Answers in this process's memory, least recently used first out, bounded in bytes. */
export class MemoryTier {
  private entries: LRUCache<string, CachedAnswer>;
  private hits = 0;
  private misses = 0;
  private evictions = 0;

  constructor(
    private readonly clock: Clock,
    maxBytes: number,
  ) {
    this.entries = this.create(maxBytes);
  }

  get(key: string): CachedAnswer | undefined {
    const answer = this.entries.get(key);
    if (answer !== undefined && this.clock.now() < answer.expiresAt) {
      this.hits++;
      return answer;
    }
    if (answer !== undefined) this.entries.delete(key);
    this.misses++;
    return undefined;
  }

  set(key: string, answer: CachedAnswer): void {
    if (answer.expiresAt <= this.clock.now()) return;
    this.entries.set(key, withOwnMemory(answer));
  }

  /** Keeps what fits, most recently used first. */
  resize(maxBytes: number): void {
    if (maxBytes === this.entries.maxSize) return;
    const old = this.entries;
    this.entries = this.create(maxBytes);
    for (const [key, answer] of [...old.entries()].reverse()) this.entries.set(key, answer);
  }

  stats(): L1Stats {
    const { size: entries, calculatedSize: bytes, maxSize: maxBytes } = this.entries;
    return { entries, bytes, maxBytes, hits: this.hits, misses: this.misses, evictions: this.evictions };
  }

  private create(maxBytes: number): LRUCache<string, CachedAnswer> {
    return new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (answer) => answer.body.length + ENTRY_OVERHEAD_BYTES,
      dispose: (_answer, _key, reason) => {
        if (reason === 'evict') this.evictions++;
      },
    });
  }
}

/** A small Buffer is often a slice of a larger block that it would keep alive: then the entry would cost more than it says. */
function withOwnMemory(answer: CachedAnswer): CachedAnswer {
  const { body } = answer;
  if (body.buffer.byteLength === body.length) return answer;
  const own = Buffer.allocUnsafeSlow(body.length);
  body.copy(own);
  return { ...answer, body: own };
}
