interface Window {
  readonly startedAt: number;
  attempts: number;
}

interface Limits {
  readonly attempts: number; // in one window
  readonly windowMs: number;
  readonly maxKeys: number; // remembered at once; beyond it the oldest window is forgotten
}

/** Counts attempts by key in fixed windows that begin with the first attempt. Bounded: a Map keeps insertion order, oldest first. */
export class AttemptLimiter {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly limits: Limits) {}

  /** Counts one attempt; gives 0 if it may proceed, else the ms until the window ends. */
  attempt(key: string, nowMs: number): number {
    const window = this.windows.get(key);
    if (window === undefined || nowMs - window.startedAt >= this.limits.windowMs) {
      this.open(key, nowMs);
      return 0;
    }
    if (window.attempts >= this.limits.attempts) return window.startedAt + this.limits.windowMs - nowMs;
    window.attempts += 1;
    return 0;
  }

  forget(key: string): void {
    this.windows.delete(key);
  }

  private open(key: string, nowMs: number): void {
    this.windows.delete(key);
    if (this.windows.size >= this.limits.maxKeys) {
      const oldest = this.windows.keys().next();
      if (!oldest.done) this.windows.delete(oldest.value);
    }
    this.windows.set(key, { startedAt: nowMs, attempts: 1 });
  }
}
