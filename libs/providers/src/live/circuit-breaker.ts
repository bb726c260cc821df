import {
  ConsecutiveBreaker,
  CountBreaker,
  CircuitState,
  ExponentialBackoff,
  type IBackoff,
  noJitterGenerator,
} from 'cockatiel';

/** This many failures in a row open the breaker: a target that is gone. */
const FAILURES_IN_A_ROW = 5;
/** More failures than this share of the latest calls open it: a target that limps. */
const MAX_FAILED_SHARE = 0.5;
const LATEST_CALLS = 20;
/** The share is looked at from this many calls on. */
const MIN_CALLS = 10;
/** How long it stays open before one call is let through, in ms; doubles each time that call fails. */
const FIRST_OPEN_MS = 1_000;
const MAX_OPEN_MS = 60_000;
/** A trial call may be a long answer: after this long without an outcome another one is let through. In ms. */
const TRIAL_PATIENCE_MS = 10_000;
/** Streams that are cut within this time, in ms, were cut by one reset: of a connection, or of what stands before the target. */
const SAME_CUT_MS = 100;

/** What `admit` gives for a call that may be made; hand it back with the result. */
export type Pass = number;

/**
 * Circuit breaker of one target. cockatiel has the rules and the back-off; its policy object is not used: it makes callers wait while
 * half-open, reads the clock by itself and takes a call whose client left for a success.
 *
 *     closed --too many failures--> open --time is up, a call comes--> trial --success, or a stream begins--> closed
 *                                    ^------------ failure, twice as long ----'
 *
 * A result counts only in the state in which its call was let through. Times are those of a monotonic clock, in ms.
 */
export class CircuitBreaker {
  private row = new ConsecutiveBreaker(FAILURES_IN_A_ROW);
  private share = newShare();
  private backoff: IBackoff<unknown> | null = null; // null: closed
  private generation = 0; // of the state; a pass is valid for one
  private opensAt = 0;
  private lastCutAt = Number.NEGATIVE_INFINITY;

  get isClosed(): boolean {
    return this.backoff === null;
  }

  /** Unless closed: when the next call is let through; in the past if it may come now. */
  get nextCallAt(): number {
    return this.opensAt;
  }

  /** From when the time is up until a call is let through, so that plans send it the one that finds out and no other. */
  isHalfOpen(now: number): boolean {
    return this.backoff !== null && now >= this.opensAt;
  }

  /** Whether a call may be made now; null if not. */
  admit(now: number): Pass | null {
    if (this.backoff === null) return this.generation;
    if (now < this.opensAt) return null;
    this.opensAt = now + TRIAL_PATIENCE_MS;
    return this.generation;
  }

  /**
   * The call's stream has begun. A target that answers is there: if it was the trial, this closes the breaker, since an answer may take
   * minutes. What becomes of the call counts with the pass that comes back.
   */
  begun(pass: Pass): Pass {
    if (pass !== this.generation || this.backoff === null) return pass;
    this.reset();
    return this.generation;
  }

  /** A stream that had begun was cut. Those that ran as another one was cut, at the same moment, are one failure with it. */
  isSameCut(startedAt: number, now: number): boolean {
    const isSame = startedAt < this.lastCutAt && now - this.lastCutAt <= SAME_CUT_MS;
    if (!isSame) this.lastCutAt = now;
    return isSame;
  }

  /** True if this closed the breaker. */
  succeeded(pass: Pass): boolean {
    if (pass !== this.generation) return false;
    if (this.backoff !== null) {
      this.reset();
      return true;
    }
    this.row.success();
    this.share.success(CircuitState.Closed);
    return false;
  }

  /** True if this opened the breaker. `fatal`: at once. */
  failed(pass: Pass, now: number, fatal: boolean): boolean {
    if (pass !== this.generation) return false;
    if (this.backoff === null) {
      const inARow = this.row.failure();
      const tooMany = this.share.failure(CircuitState.Closed);
      if (!fatal && !inARow && !tooMany) return false;
    }
    this.open(now);
    return true;
  }

  /** The call ended without saying anything: if it was the trial, the next one is, and this is true. */
  gaveUp(pass: Pass, now: number): boolean {
    if (pass !== this.generation || this.backoff === null) return false;
    this.opensAt = now;
    return true;
  }

  reset(): void {
    this.generation += 1;
    this.backoff = null;
    this.row = new ConsecutiveBreaker(FAILURES_IN_A_ROW);
    this.share = newShare();
  }

  private open(now: number): void {
    this.generation += 1;
    this.backoff = this.backoff === null ? firstBackoff() : this.backoff.next(undefined);
    this.opensAt = now + this.backoff.duration;
  }
}

const newShare = (): CountBreaker =>
  new CountBreaker({ threshold: MAX_FAILED_SHARE, size: LATEST_CALLS, minimumNumberOfCalls: MIN_CALLS });

const firstBackoff = (): IBackoff<unknown> =>
  new ExponentialBackoff({
    generator: noJitterGenerator,
    initialDelay: FIRST_OPEN_MS,
    maxDelay: MAX_OPEN_MS,
  }).next();
