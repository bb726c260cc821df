import { Logger } from '@nestjs/common';
import type { Clock } from '@relay/core';
import type { LabelStore, StoredLabel } from './label-store';

/** How long labels wait for others, to be stored together. In ms. */
const GATHER_MS = 1_000;
/** After a failure the store is left alone for so long. In ms. */
const PAUSE_MS = 5_000;
/** Labels of one statement. */
const BATCH = 1_000;
/** Labels that wait for the database; beyond it the oldest are not stored. */
export const MAX_WAITING = 20_000;

/** Stores labels in the background, in batches. A database that is away costs labels, never a request. */
export class LabelWriter {
  private readonly logger = new Logger(LabelWriter.name);
  private readonly waiting: StoredLabel[] = [];
  private cancel: (() => void) | null = null;
  private writing: Promise<void> | null = null;
  private failing = false;
  private closed = false;
  lost = 0;

  constructor(
    private readonly store: LabelStore,
    private readonly clock: Clock,
    private readonly writer: string, // UUID of this process
  ) {}

  get pending(): number {
    return this.waiting.length;
  }

  add(label: StoredLabel): void {
    this.waiting.push(label);
    this.shorten();
    this.schedule(GATHER_MS);
  }

  /** Stores what waits, as far as the database lets it. Never rejects. */
  async flush(): Promise<void> {
    this.cancel?.();
    this.cancel = null;
    this.writing ??= this.write().finally(() => (this.writing = null));
    await this.writing;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.writing; // labels that came while it wrote are in the next
    await this.flush();
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      try {
        await this.store.save(batch, this.writer);
        this.failing = false;
      } catch (error) {
        if (!this.failing) this.logger.warn(`Labels of the semantic cache cannot be stored for now: ${String(error)}`);
        this.failing = true;
        this.waiting.unshift(...batch);
        this.shorten();
        return this.schedule(PAUSE_MS);
      }
    }
  }

  private shorten(): void {
    const excess = this.waiting.length - MAX_WAITING;
    if (excess <= 0) return;
    this.waiting.splice(0, excess);
    this.lost += excess;
  }

  private schedule(ms: number): void {
    if (!this.closed) this.cancel ??= this.clock.after(ms, () => void this.flush());
  }
}
