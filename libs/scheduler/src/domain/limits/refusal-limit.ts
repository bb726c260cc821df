/** An upstream's 429 takes away this share. */
const CUT = 0.3;
/** After this time the limit is back where it was refused, ms; after six times as long, at 37 times that. */
const BACK_MS = 20_000;
/** 429s closer together than this are one, ms: a 429 comes in tens of ms, and the next would be refused for the same reason. */
const MIN_GAP_MS = 1_000;
/** A limit that is not used comes down to this first, or to twice what is in flight: one bad 429 in a quiet hour leaves more than a single slot. */
const FIRST_STEP = 8;

/**
 * The limit after an upstream's 429s. It comes back by itself, on the curve of CUBIC (RFC 9438): fast at first, slowly near the
 * level that was refused, then faster and faster. Times in ms, on one monotonic clock.
 */
export class RefusalLimit {
  private refused: number | null = null; // the level at which it was refused; null: not limited
  private cutAt = Number.NEGATIVE_INFINITY;
  private cuts = 0;

  constructor(
    private max: number,
    private min: number,
  ) {}

  /** Cuts since the start. */
  get count(): number {
    return this.cuts;
  }

  configure(max: number, min: number): void {
    this.max = max;
    this.min = min;
  }

  limit(now: number): number {
    if (this.refused === null) return this.max;
    const limit = Math.floor(this.refused * (1 + CUT * ((now - this.cutAt) / BACK_MS - 1) ** 3));
    if (limit >= this.max) this.refused = null;
    return Math.min(this.max, Math.max(this.min, limit));
  }

  /**
   * A call that began at `startedAt` was refused. One that was under way at the last cut was refused by the state of before.
   */
  lower(inFlight: number, startedAt: number, now: number): void {
    if (startedAt < this.cutAt || now - this.cutAt < MIN_GAP_MS) return;
    this.refused = Math.min(this.limit(now), Math.max(FIRST_STEP, 2 * inFlight));
    this.cutAt = now;
    this.cuts++;
  }
}
