import type { Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import type { OnceStore } from './once-store.port';

/** Replies of one process; beyond it the oldest go first. */
const MAX_REPLY_BYTES = 33_554_432;
/** Claims of requests under way: more than a process ever serves at a time. */
const MAX_CLAIMS = 100_000;
/** What an id takes beside its value, about. */
const BYTES_AN_ENTRY = 256;

interface Entry {
  readonly value: Buffer;
  readonly expiresAt: number; // monotonic ms
}

/** In this process's memory. No reply, however many there are, pushes out the claim of a request that is under way. */
export class MemoryOnceStore implements OnceStore {
  private readonly claims = new LRUCache<string, Entry>({ max: MAX_CLAIMS });
  private readonly replies = new LRUCache<string, Entry>({
    maxSize: MAX_REPLY_BYTES,
    sizeCalculation: ({ value }) => value.length + BYTES_AN_ENTRY,
  });

  constructor(private readonly clock: Clock) {}

  /** What lies there; null: nothing. */
  peek(id: string): Buffer | null {
    return this.alive(this.claims, id) ?? this.alive(this.replies, id);
  }

  async claim(id: string, claim: Buffer, ms: number): Promise<Buffer | null> {
    const there = this.peek(id);
    if (there) return there;
    this.claims.set(id, this.entry(claim, ms));
    return null;
  }

  async renew(id: string, claim: Buffer, ms: number): Promise<void> {
    if (this.owns(id, claim)) this.claims.set(id, this.entry(claim, ms));
  }

  async put(id: string, claim: Buffer, value: Buffer, ms: number): Promise<void> {
    if (!this.owns(id, claim)) return;
    this.claims.delete(id);
    this.replies.set(id, this.entry(value, ms));
  }

  async drop(id: string, claim: Buffer): Promise<void> {
    if (this.owns(id, claim)) this.claims.delete(id);
  }

  /** What is kept here is bounded for all together. */
  async charge(): Promise<number> {
    return 0;
  }

  private owns(id: string, claim: Buffer): boolean {
    return this.claims.get(id)?.value.equals(claim) === true;
  }

  private entry(value: Buffer, ms: number): Entry {
    return { value, expiresAt: this.clock.monotonic() + ms };
  }

  private alive(entries: LRUCache<string, Entry>, id: string): Buffer | null {
    const entry = entries.get(id);
    return entry && entry.expiresAt > this.clock.monotonic() ? entry.value : null;
  }
}
