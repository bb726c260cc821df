import type { Clock } from '@relay/core';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until the test advances it; timers fire in the order in which they fall due. */
export class FakeClock implements Clock {
  private readonly timers = new Set<Timer>();
  private elapsedMs = 0;
  private created = 0;

  constructor(private readonly startMs = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.startMs + this.elapsedMs;
  }

  monotonic(): number {
    return this.elapsedMs;
  }

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { dueMs: this.elapsedMs + Math.max(0, ms), order: this.created++, callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.timers.size;
  }

  /** Moves time on by `ms`; timers that fall due on the way fire at their own time, also those set by others that fired. */
  advance(ms: number): void {
    const end = this.elapsedMs + ms;
    for (let timer = this.next(end); timer !== undefined; timer = this.next(end)) {
      this.timers.delete(timer);
      this.elapsedMs = timer.dueMs;
      timer.callback();
    }
    this.elapsedMs = end;
  }

  /** As `advance`, but lets promise callbacks run between one timer and the next. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.elapsedMs + ms;
    await settle();
    for (let timer = this.next(end); timer !== undefined; timer = this.next(end)) {
      this.advance(timer.dueMs - this.elapsedMs);
      await settle();
    }
    this.elapsedMs = end;
  }

  private next(endMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.dueMs > endMs) continue;
      if (!first || timer.dueMs < first.dueMs || (timer.dueMs === first.dueMs && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

/** One turn of the event loop: every promise that can settle has settled. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
