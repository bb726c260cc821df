import type { Clock } from '@relay/core';
import type { UpstreamFailed, UpstreamOutcome } from '../ports/upstream-client.port';
import { inForce, type ProviderOverride, shuts, type TargetOverrides } from '../overrides/override-book';
import { CircuitBreaker, type Pass } from './circuit-breaker';
import { type Judgement, judgeOutcome } from './judge-outcome';
import { QuietSpells } from './quiet-spells';
import { type RecentFigures, RecentSketches } from './recent-sketches';
import type { BreakerState, OpenReason, TargetError } from './target-figures';

/** Whether calls come through, and until when they do not. */
export interface Admission {
  readonly state: BreakerState;
  readonly reason: OpenReason | null;
  /** Monotonic, in ms; meaningful unless closed. */
  readonly until: number;
}

/** Of a call that an operator lets through whatever the breaker says: no state of the breaker counts it. */
const FREE_PASS: Pass = -1;

/** What one target is known to do: breaker, the upstream's own wish to be left alone, figures. Times are monotonic, in ms. */
export class TargetHealth {
  /** Since this process started to watch the target. */
  opened = 0;
  refused = 0;
  lastError: TargetError | null = null;
  /** What operators said of it; null: nothing. */
  overrides: TargetOverrides | null = null;
  private readonly breaker = new CircuitBreaker();
  private readonly sketches: RecentSketches;
  private failureReason: OpenReason = 'failures';
  private readonly quiet = new QuietSpells();
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
    const override = this.override();
    const isShut = this.quiet.isQuiet(now) || (override !== null && shuts(override));
    const pass = isShut ? null : override ? FREE_PASS : this.breaker.admit(now);
    if (pass === null) this.refused += 1;
    else if (this.quiet.begin(now) || !this.breaker.isClosed) this.onChange();
    return pass;
  }

  admission(now: number): Admission {
    const { breaker, quiet } = this;
    const override = this.override();
    if (override && shuts(override)) return this.outOfService(override, now);
    const ignoresFailures = breaker.isClosed || override !== null;
    const until = ignoresFailures ? quiet.until : Math.max(quiet.until, breaker.nextCallAt);
    if (quiet.isQuiet(now)) return { state: 'open', reason: this.quietReason, until };
    if (!ignoresFailures)
      return { state: breaker.isHalfOpen(now) ? 'half-open' : 'open', reason: this.failureReason, until };
    if (quiet.isTrialDue) return { state: 'half-open', reason: this.quietReason, until };
    return { state: 'closed', reason: null, until };
  }

  /** The call's stream has begun; the pass that it counts with from now on. */
  begun(pass: Pass): Pass {
    const next = this.breaker.begun(pass);
    if (next !== pass) this.onChange();
    return next;
  }

  record(pass: Pass, outcome: UpstreamOutcome, startedAt: number): void {
    const now = this.clock.monotonic();
    const judgement = judgeOutcome(outcome, now - startedAt);
    if (judgement === 'nothing') return this.gaveUp(pass, startedAt);
    this.recent = null;
    if (outcome.kind === 'completed') this.sketches.completed(now, outcome);
    else this.noteFailure(outcome, judgement, now);
    if (this.heedWish(outcome, judgement, startedAt, now)) this.onChange();
    if (judgement === 'failed' && isCut(outcome) && this.breaker.isSameCut(startedAt, now)) return;
    if (judgement === 'failed' || judgement === 'locked') this.trip(pass, now, judgement === 'locked');
    else if (this.breaker.succeeded(pass)) this.onChange();
  }

  /** A stream that was ended before its first token, after `waitedMs`, because another target was faster. */
  overtaken(waitedMs: number): void {
    this.recent = null;
    this.sketches.overtaken(this.clock.monotonic(), waitedMs);
  }

  /** A call that ended without an outcome: nothing is known about the target. */
  gaveUp(pass: Pass, startedAt: number): void {
    const now = this.clock.monotonic();
    const wasQuietTrial = this.quiet.toldNothing(startedAt, now);
    if (this.breaker.gaveUp(pass, now) || wasQuietTrial) this.onChange();
  }

  figures(now: number): RecentFigures {
    if (this.recent === null || now >= this.sketches.rotatesAt) this.recent = this.sketches.read(now);
    return this.recent;
  }

  reset(): void {
    this.breaker.reset();
    this.quiet.reset();
    this.onChange();
  }

  private override(): ProviderOverride | null {
    return this.overrides && inForce(this.overrides, this.clock.now());
  }

  private outOfService({ mode, until }: ProviderOverride, now: number): Admission {
    const reason = mode === 'drain' ? 'drained' : 'forced';
    return { state: 'open', reason, until: now + until - this.clock.now() };
  }

  private noteFailure(outcome: UpstreamFailed, judgement: Judgement, now: number): void {
    if (judgement === 'well') return this.sketches.refused(now);
    this.sketches.failed(now);
    const { error, upstreamStatus } = outcome;
    this.lastError = { at: this.clock.now(), code: error.code, upstreamStatus, message: error.message };
  }

  /** True if the target is left alone from now on, or not any more, or if another call has to find out. */
  private heedWish(outcome: UpstreamOutcome, judgement: Judgement, startedAt: number, now: number): boolean {
    const isSound = judgement === 'well' || judgement === 'forbidden';
    if (isSound || outcome.kind === 'completed') return this.quiet.wentWell(startedAt, now);
    if (!this.quiet.asked(startedAt, outcome.retryAfterMs ?? 0, now)) return this.quiet.toldNothing(startedAt, now);
    this.quietReason = judgement === 'limited' ? 'rate-limit' : 'failures';
    return true;
  }

  private trip(pass: Pass, now: number, isLocked: boolean): void {
    if (!this.breaker.failed(pass, now, isLocked)) return;
    this.failureReason = isLocked ? 'credentials' : 'failures';
    this.opened += 1;
    this.onChange();
  }
}

const isCut = (outcome: UpstreamOutcome): boolean => outcome.kind === 'failed' && outcome.started;
