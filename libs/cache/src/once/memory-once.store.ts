import type { Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import type { OnceStore } from './once-store.port';

/** Of one process; beyond it the oldest go first. */
const MAX_BYTES = 33_554_432;
/** What an id takes beside its value, about. */
const BYTES_AN_ENTRY = 256;

interface Entry {
  readonly value: Buffer;
  readonly expiresAt: number; // monotonic ms
}

/** In this process's memory. */
export class MemoryOnceStore implements OnceStore {
  private readonly entries = new LRUCache<string, Entry>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ value }) => value.length + BYTES_AN_ENTRY,
  });

  constructor(private readonly clock: Clock) {}

  async claim(id: string, value: Buffer, ms: number): Promise<Buffer | null> {
    const entry = this.entries.get(id);
    if (entry && entry.expiresAt > this.clock.monotonic()) return entry.value;
    await this.put(id, value, ms);
    return null;
  }

  async renew(id: string, ms: number): Promise<void> {
    const entry = this.entries.get(id);
    if (entry) await this.put(id, entry.value, ms);
  }

  async put(id: string, value: Buffer, ms: number): Promise<void> {
    this.entries.set(id, { value, expiresAt: this.clock.monotonic() + ms });
  }

  async drop(id: string): Promise<void> {
    this.entries.delete(id);
  }
}
