/** Weight of the newest service time in the running mean. */
const SMOOTHING = 0.1;
/** Fewer observations than this foretell nothing. */
const MIN_OBSERVATIONS = 8;
/** Assumed mean service time while nothing has been measured, ms. */
const UNKNOWN_SERVICE_MS = 2_000;

const MIN_RETRY_SECONDS = 1;
const MAX_RETRY_SECONDS = 60;
/** Retry-After is stretched by up to this share, so that refused clients do not come back all at once. */
const JITTER = 0.25;

/**
 * How fast a pool works off its line, by Little's law: slots ÷ mean time that a slot is held. Times in ms, capacity in slots.
 */
export class DrainEstimate {
  private meanMs = 0;
  private observations = 0;

  observe(serviceMs: number): void {
    this.meanMs = this.observations === 0 ? serviceMs : this.meanMs + SMOOTHING * (serviceMs - this.meanMs);
    this.observations++;
  }

  /** Time until `ahead` requests have been taken by `slots` slots, ms; `undefined` while too little has been seen. */
  waitMs(ahead: number, slots: number): number | undefined {
    if (this.observations < MIN_OBSERVATIONS) return undefined;
    return (ahead * this.meanMs) / Math.max(1, slots);
  }

  /** Whole seconds after which a refused client should try again; `random` is in [0, 1). */
  retryAfterSeconds(ahead: number, slots: number, random: number): number {
    const meanMs = this.observations === 0 ? UNKNOWN_SERVICE_MS : this.meanMs;
    const seconds = (ahead * meanMs) / Math.max(1, slots) / 1_000;
    return Math.min(MAX_RETRY_SECONDS, Math.max(MIN_RETRY_SECONDS, Math.ceil(seconds * (1 + JITTER * random))));
  }
}
