import { Baseline } from './baseline';
import { SampleWindow } from './sample-window';

export interface AdaptiveSettings {
  readonly ttftMs?: number | undefined; // target; default: three times what it takes when it is not busy
  readonly tpotMs?: number | undefined;
  readonly minConcurrency: number;
}

/** A call that ended well. Times in ms, on one monotonic clock. */
export interface EndedCall {
  readonly ttftMs?: number | undefined;
  readonly tpotMs?: number | undefined;
  readonly inFlight: number; // of all processes, this one included
  readonly startedAt: number;
  readonly now: number;
}

/** Calls that are judged together: one round of them, so many at least that a P90 is not decided by one long prompt, and at most. */
const MIN_WINDOW = 10;
const MAX_WINDOW = 20;
/** Fewer values than this tell nothing about a quantile; time per token is missing where an answer had but one. */
const MIN_SAMPLES = 5;
const QUANTILE = 0.9;
/** It rises only while all is well below the target: at the target itself, one more probe makes everybody slow at once. */
const RAISED_BELOW = 0.8;
/** Without a target: so many times the baseline is too slow. */
const TOLERATED = 3;
/** A slow window takes away this share at most and at least, in between what it was too slow by. */
const LARGEST_CUT = 0.5;
const SMALLEST_CUT = 0.05;
/** A call saw the limit in use when this share of it was in flight. */
const USED = 0.9;
/**
 * Who has heard of no call for so long, ms, knows nothing any more: the smallest limit of all processes counts, and one that nobody sends requests to
 * would hold the others back for ever.
 */
const FORGOTTEN_MS = 300_000;
/** With so many calls in flight, or with an eighth of the configured ones if that is less, an upstream is not busy. */
const NOT_BUSY = 4;
/** A limit that is not used comes down to this first, or to twice what is in flight: slow answers in a quiet hour leave more than a single slot. */
const FIRST_STEP = 8;

/**
 * Additive increase, multiplicative decrease on time to first token and time per output token. End-to-end latency would be the
 * wrong signal: it follows the length of the answers.
 *
 * A change is judged by calls that began after it: what was under way before says nothing about it. The limit rises only while it
 * is used, else it would rise for no reason, and hold nobody back when it should.
 */
export class AdaptiveLimit {
  private value: number;
  private changedAt = Number.NEGATIVE_INFINITY;
  private heardAt: number | null = null; // of a call that ended
  private readonly ttft = new SampleWindow(MAX_WINDOW);
  private readonly tpot = new SampleWindow(MAX_WINDOW);
  private readonly ttftBaseline = new Baseline();
  private readonly tpotBaseline = new Baseline();
  private used = 0; // calls of the window that saw the limit in use
  private peak = 0; // most calls in flight during the window
  private slowWindows = 0;

  constructor(
    private max: number,
    private settings: AdaptiveSettings,
  ) {
    this.value = max;
  }

  limit(now: number): number {
    if (this.isForgotten(now)) return this.max;
    return Math.min(this.max, Math.max(this.settings.minConcurrency, Math.floor(this.value)));
  }

  /** What is asked for now: set, or learnt; null while neither. */
  get ttftTargetMs(): number | null {
    return targetOf(this.settings.ttftMs, this.ttftBaseline);
  }

  get tpotTargetMs(): number | null {
    return targetOf(this.settings.tpotMs, this.tpotBaseline);
  }

  /** Windows that were too slow, since the start. */
  get slowCount(): number {
    return this.slowWindows;
  }

  configure(max: number, settings: AdaptiveSettings): void {
    if (this.value >= this.max) this.value = max;
    this.max = max;
    this.settings = settings;
  }

  /** Another process found that the upstream takes no more. */
  adopt(limit: number, now: number): void {
    if (limit >= this.limit(now)) return;
    this.value = Math.max(this.settings.minConcurrency, limit);
    this.heardAt = now;
  }

  observe({ ttftMs, tpotMs, inFlight, startedAt, now }: EndedCall): void {
    const limit = this.limit(now);
    if (this.isForgotten(now)) this.value = this.max;
    this.heardAt = now;
    if (ttftMs === undefined || startedAt < this.changedAt) return;
    this.ttft.add(ttftMs);
    this.tpot.add(tpotMs);
    this.peak = Math.max(this.peak, inFlight);
    if (inFlight >= USED * limit) this.used++;
    if (this.ttft.size >= Math.min(MAX_WINDOW, Math.max(MIN_WINDOW, limit))) this.judge(now);
  }

  private isForgotten(now: number): boolean {
    return this.heardAt !== null && now - this.heardAt > FORGOTTEN_MS;
  }

  private judge(now: number): void {
    const ttftMs = this.ttft.quantile(QUANTILE, MIN_SAMPLES);
    const tpotMs = this.tpot.quantile(QUANTILE, MIN_SAMPLES);
    const excess = Math.max(excessOf(ttftMs, this.ttftTargetMs), excessOf(tpotMs, this.tpotTargetMs));
    const isBusy = this.peak > Math.max(this.settings.minConcurrency, Math.min(NOT_BUSY, this.max / 8));
    if (ttftMs !== null) this.ttftBaseline.observe(ttftMs, isBusy);
    if (tpotMs !== null) this.tpotBaseline.observe(tpotMs, isBusy);
    if (excess > 1) this.lower(1 / excess, now);
    else if (excess < RAISED_BELOW && this.used * 2 >= this.ttft.size) this.raise(now);
    this.ttft.clear();
    this.tpot.clear();
    this.used = 0;
    this.peak = 0;
  }

  private lower(factor: number, now: number): void {
    this.slowWindows++;
    const share = Math.min(1 - SMALLEST_CUT, Math.max(1 - LARGEST_CUT, factor));
    const lowered = Math.min(this.limit(now) - 1, Math.min(this.value, Math.max(FIRST_STEP, 2 * this.peak)) * share);
    this.value = Math.min(this.max, Math.max(this.settings.minConcurrency, lowered));
    this.changedAt = now;
  }

  /** By half of its root: 1 of 4, 4 of 64. One at a time, a large limit would take an hour to come back. */
  private raise(now: number): void {
    if (this.value >= this.max) return;
    this.value = Math.min(this.max, this.value + Math.max(1, Math.sqrt(this.value) / 2));
    this.changedAt = now;
  }
}

const targetOf = (target: number | undefined, { value }: Baseline): number | null =>
  target ?? (value === null ? null : TOLERATED * value);

const excessOf = (value: number | null, target: number | null): number =>
  value === null || target === null || target <= 0 ? 0 : value / target;
