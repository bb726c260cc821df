interface BackOffLimits {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Pauses between tries, twice as long each time; up to half of each is left to chance, so that many tabs do not come back at once. */
export class BackOff {
  private nextMs: number;

  constructor(
    private readonly limits: BackOffLimits,
    private readonly random: () => number = Math.random,
  ) {
    this.nextMs = limits.firstMs;
  }

  /** It went well: the next pause is a short one. */
  reset(): void {
    this.nextMs = this.limits.firstMs;
  }

  /** Ends early when one of the signals says so; it never rejects. */
  pause(...signals: readonly AbortSignal[]): Promise<void> {
    const ms = this.nextMs * (0.5 + this.random() / 2);
    this.nextMs = Math.min(this.limits.longestMs, this.nextMs * 2);
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        for (const signal of signals) signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      for (const signal of signals) signal.addEventListener('abort', end);
      if (signals.some(({ aborted }) => aborted)) end();
    });
  }
}
