import type { Clock } from '@relay/core';
import type { UpstreamFailed, UpstreamOutcome } from '../ports/upstream-client.port';
import { CircuitBreaker, type Pass } from './circuit-breaker';
import { type Judgement, judgeOutcome } from './judge-outcome';
import { type RecentFigures, RecentSketches } from './recent-sketches';
import type { BreakerState, OpenReason, TargetError } from './target-figures';

/** A timer may fire this much before its time, in ms; who waited as long as the upstream asked for is not turned away for it. */
const TIMER_SLACK_MS = 2;

/** Whether calls come through, and until when they do not. */
export interface Admission {
  readonly state: BreakerState;
  readonly reason: OpenReason | null;
  /** Monotonic, in ms; meaningful unless closed. */
  readonly until: number;
}

/** What one target is known to do: breaker, the upstream's own wish to be left alone, figures. Times are monotonic, in ms. */
export class TargetHealth {
  /** Since this process started to watch the target. */
  opened = 0;
  refused = 0;
  lastError: TargetError | null = null;
  private readonly breaker = new CircuitBreaker();
  private readonly sketches: RecentSketches;
  private failureReason: OpenReason = 'failures';
  private quietUntil = Number.NEGATIVE_INFINITY; // a Retry-After runs
  private quietReason: OpenReason = 'rate-limit';
  private recent: RecentFigures | null = null; // null: to be read again

  /** `onChange`: the target opened, closed, is quiet for longer, or a call that finds out was let through or told nothing. */
  constructor(
    private readonly clock: Clock,
    private readonly onChange: () => void,
  ) {
    this.sketches = new RecentSketches(clock.monotonic());
  }

  /** Null: no call may be made. */
  admit(now: number): Pass | null {
    const pass = now < this.quietUntil ? null : this.breaker.admit(now);
    if (pass === null) this.refused += 1;
    else if (!this.breaker.isClosed) this.onChange();
    return pass;
  }

  admission(now: number): Admission {
    const until = this.breaker.isClosed ? this.quietUntil : Math.max(this.quietUntil, this.breaker.nextCallAt);
    if (now < this.quietUntil) return { state: 'open', reason: this.quietReason, until };
    if (this.breaker.isClosed) return { state: 'closed', reason: null, until };
    return { state: this.breaker.isHalfOpen(now) ? 'half-open' : 'open', reason: this.failureReason, until };
  }

  record(pass: Pass, outcome: UpstreamOutcome, startedAt: number): void {
    const now = this.clock.monotonic();
    const judgement = judgeOutcome(outcome, now - startedAt);
    if (judgement === 'nothing') return this.gaveUp(pass, now);
    this.recent = null;
    if (outcome.kind === 'completed') this.sketches.completed(now, outcome);
    else this.noteFailure(outcome, judgement, now);
    if (judgement === 'failed' || judgement === 'locked') this.trip(pass, now, judgement === 'locked');
    else if (this.breaker.succeeded(pass)) this.onChange();
  }

  /** A stream that was ended before its first token, after `waitedMs`, because another target was faster. */
  overtaken(waitedMs: number): void {
    this.recent = null;
    this.sketches.overtaken(this.clock.monotonic(), waitedMs);
  }

  /** A call that ended without an outcome: nothing is known about the target. */
  gaveUp(pass: Pass, now: number): void {
    if (this.breaker.gaveUp(pass, now)) this.onChange();
  }

  figures(now: number): RecentFigures {
    if (this.recent === null || now >= this.sketches.rotatesAt) this.recent = this.sketches.read(now);
    return this.recent;
  }

  reset(): void {
    this.breaker.reset();
    this.quietUntil = Number.NEGATIVE_INFINITY;
    this.onChange();
  }

  private noteFailure(outcome: UpstreamFailed, judgement: Judgement, now: number): void {
    this.keepQuiet(outcome.retryAfterMs, judgement === 'limited' ? 'rate-limit' : 'failures', now);
    if (judgement === 'well') return this.sketches.refused(now);
    this.sketches.failed(now);
    const { error, upstreamStatus } = outcome;
    this.lastError = { at: this.clock.now(), code: error.code, upstreamStatus, message: error.message };
  }

  private keepQuiet(retryAfterMs: number | null, reason: OpenReason, now: number): void {
    const until = now + (retryAfterMs ?? 0) - TIMER_SLACK_MS;
    if (until <= Math.max(now, this.quietUntil)) return;
    this.quietUntil = until;
    this.quietReason = reason;
    this.onChange();
  }

  private trip(pass: Pass, now: number, isLocked: boolean): void {
    if (!this.breaker.failed(pass, now, isLocked)) return;
    this.failureReason = isLocked ? 'credentials' : 'failures';
    this.opened += 1;
    this.onChange();
  }
}
