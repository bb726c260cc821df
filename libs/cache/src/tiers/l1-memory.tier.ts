import type { Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import type { CachedAnswer } from '../domain/cached-answer';
import { comesBefore, formatCursor, viewEntry, type EntryPosition, type ExactEntryPage } from '../domain/exact-entry';
import { hasLabels } from '../domain/labels';

/**
 * What an entry costs beside its body and its labels: key, map slot, LRU links, answer object, Buffer and its backing store. Measured
 * with 65,000 entries of 200 B, 1 kB and 8 kB, as they come from Redis, on Node 20.20: 1,900 to 1,915 bytes of RSS each, 1,306 of them
 * on the JavaScript heap.
 */
export const ENTRY_OVERHEAD_BYTES = 1_920;
/** What a label costs beside its characters: its place in the list and the head of a string. Eight labels: 245 bytes of RSS measured, 360 counted. */
const LABEL_OVERHEAD_BYTES = 24;

export interface L1Stats {
  readonly entries: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
}

/** What the tier must know of invalidations. */
export interface Marks {
  isVoid(answer: CachedAnswer): boolean;
}

/** Answers in this process's memory, least recently used first out, bounded in bytes. */
export class MemoryTier {
  private entries: LRUCache<string, CachedAnswer>;
  private hits = 0;
  private misses = 0;
  private evictions = 0;

  constructor(
    private readonly clock: Clock,
    private readonly marks: Marks,
    maxBytes: number,
  ) {
    this.entries = this.create(maxBytes);
  }

  get(key: string): CachedAnswer | undefined {
    const answer = this.entries.get(key);
    if (answer !== undefined && this.isGood(answer)) {
      this.hits++;
      return answer;
    }
    if (answer !== undefined) this.entries.delete(key);
    this.misses++;
    return undefined;
  }

  /** Whether `get` would give something. */
  holds(key: string): boolean {
    const answer = this.entries.peek(key);
    return answer !== undefined && this.isGood(answer);
  }

  set(key: string, answer: CachedAnswer): void {
    if (answer.staleUntil <= this.clock.now()) return;
    this.entries.set(key, withOwnMemory(answer));
  }

  /** For what comes from elsewhere: meanwhile a younger answer may have been put here. */
  offer(key: string, answer: CachedAnswer): void {
    const held = this.entries.peek(key);
    if (held === undefined || held.createdAt <= answer.createdAt || !this.isGood(held)) this.set(key, answer);
  }

  /** The keys of what had all the labels (none: everything) and is gone now. */
  remove(labels: readonly string[]): ReadonlySet<string> {
    const now = this.clock.now();
    const removed = new Set<string>();
    for (const [key, answer] of [...this.entries.entries()]) {
      if (!hasLabels(answer.labels, labels)) continue;
      this.entries.delete(key);
      if (now < answer.staleUntil) removed.add(key);
    }
    return removed;
  }

  /** What `remove` would give. */
  keysOf(labels: readonly string[]): ReadonlySet<string> {
    const now = this.clock.now();
    const found = new Set<string>();
    for (const [key, answer] of this.entries.entries()) {
      if (now < answer.staleUntil && hasLabels(answer.labels, labels)) found.add(key);
    }
    return found;
  }

  /** A page of the entries that have all the labels. Looks at every entry: for people, not for requests. */
  list(labels: readonly string[], limit: number, after: EntryPosition | null): ExactEntryPage {
    const found: (EntryPosition & { readonly answer: CachedAnswer })[] = [];
    for (const [key, answer] of this.entries.entries()) {
      const position = { endMs: answer.staleUntil, key };
      if (after !== null && !comesBefore(after, position)) continue;
      if (hasLabels(answer.labels, labels) && this.isGood(answer)) found.push({ ...position, answer });
    }
    const page = found.sort((a, b) => (comesBefore(a, b) ? -1 : 1)).slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      entries: page.map(({ key, answer }) => viewEntry(key, answer)),
      nextCursor: last ? formatCursor(last) : null,
    };
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

  private isGood(answer: CachedAnswer): boolean {
    return this.clock.now() < answer.staleUntil && !this.marks.isVoid(answer);
  }

  private create(maxBytes: number): LRUCache<string, CachedAnswer> {
    return new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ body, labels }) => body.length + labelBytes(labels) + ENTRY_OVERHEAD_BYTES,
      dispose: (_entry, _key, reason) => {
        if (reason === 'evict') this.evictions++;
      },
    });
  }
}

function labelBytes(labels: readonly string[]): number {
  let bytes = 0;
  for (const label of labels) bytes += LABEL_OVERHEAD_BYTES + label.length; // a byte a character, two beyond Latin-1
  return bytes;
}

/** A small Buffer is often a slice of a larger block that it would keep alive: then the entry would cost more than it says. */
function withOwnMemory(answer: CachedAnswer): CachedAnswer {
  const { body } = answer;
  if (body.buffer.byteLength === body.length) return answer;
  const own = Buffer.allocUnsafeSlow(body.length);
  body.copy(own);
  return { ...answer, body: own };
}
