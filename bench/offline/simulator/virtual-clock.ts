import type { Clock } from '@relay/core';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  callback: (() => void) | null; // null: cancelled
}

/** Where simulated time begins; any fixed moment does. Ms since the epoch. */
const START_MS = Date.UTC(2026, 0, 1);

/**
 * Time that jumps from timer to timer: an hour of arrivals takes as long as the code that handles them. Timers lie in a binary heap by due
 * time, then order of setting, so that a run is the same each time; one that was cancelled stays until it comes up.
 */
export class VirtualClock implements Clock {
  private readonly heap: Timer[] = [];
  private elapsedMs = 0;
  private created = 0;

  now(): number {
    return START_MS + this.elapsedMs;
  }

  monotonic(): number {
    return this.elapsedMs;
  }

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { dueMs: this.elapsedMs + Math.max(0, ms), order: this.created++, callback };
    this.heap.push(timer);
    this.rise(this.heap.length - 1);
    return () => void (timer.callback = null);
  }

  /** Moves on to the next timer and fires it; `false` when none is set. */
  step(): boolean {
    for (let timer = this.pop(); timer; timer = this.pop()) {
      if (!timer.callback) continue;
      this.elapsedMs = timer.dueMs;
      timer.callback();
      return true;
    }
    return false;
  }

  private pop(): Timer | undefined {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (!first || !last || first === last) return first;
    this.heap[0] = last;
    this.sink();
    return first;
  }

  private rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.swapIfBefore(at, parent)) return;
      at = parent;
    }
  }

  private sink(): void {
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = this.isBefore(right, left) ? right : left;
      if (!this.swapIfBefore(child, at)) return;
      at = child;
    }
  }

  private swapIfBefore(lower: number, upper: number): boolean {
    if (!this.isBefore(lower, upper)) return false;
    const [a, b] = [this.heap[lower], this.heap[upper]];
    if (a && b) [this.heap[upper], this.heap[lower]] = [a, b];
    return true;
  }

  private isBefore(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (!a || !b) return a !== undefined;
    return a.dueMs !== b.dueMs ? a.dueMs < b.dueMs : a.order < b.order;
  }
}
