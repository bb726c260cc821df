import { type Clock, RelayError } from '@relay/core';
import type { SimulatedAnswer } from '../../domain/simulated-answer';
import { abortFailure, finalFailure, type UpstreamFailure } from '../../domain/upstream-failure';
import type { UpstreamObserver, UpstreamOutcome, UpstreamRequest } from '../../ports/upstream-client.port';
import { failedBeforeStart } from '../failed-outcome';
import { SimulatedWire } from './simulated-wire';

export interface SimulatedPace {
  readonly ttftMs: number;
  readonly tokensPerSecond: number;
}

/** Plays one answer at the pace of the configuration: each wake-up hands out every token that is due by then. */
export class SimulatedCall {
  readonly outcome: Promise<UpstreamOutcome>;
  private resolve!: (outcome: UpstreamOutcome) => void;
  private readonly wire: SimulatedWire;
  private readonly startedAt: number;
  private readonly cancelDeadline: () => void;
  private cancelWake: () => void = () => undefined;
  private sent = 0; // tokens
  private ttftMs: number | null = null;
  private paused = false;
  private settled = false;

  constructor(
    private readonly answer: SimulatedAnswer,
    private readonly pace: SimulatedPace,
    private readonly request: UpstreamRequest,
    private readonly observer: UpstreamObserver,
    private readonly clock: Clock,
  ) {
    this.outcome = new Promise((resolve) => (this.resolve = resolve));
    this.wire = new SimulatedWire(answer, request.model);
    this.startedAt = clock.monotonic();
    this.cancelDeadline = clock.after(request.timeoutMs, this.onDeadline);
    request.signal.addEventListener('abort', this.onAbort, { once: true });
    this.wakeAt(request.stream ? this.dueMs(0) : this.dueMs(answer.pieces.length));
  }

  /** When a token is due, ms after the start. */
  private dueMs(token: number): number {
    return this.pace.ttftMs + (token * 1_000) / this.pace.tokensPerSecond;
  }

  private wakeAt(ms: number): void {
    this.cancelWake = this.clock.after(Math.max(0, ms - this.elapsedMs()), this.onWake);
  }

  private readonly onWake = (): void => {
    if (this.settled || this.paused) return;
    if (this.ttftMs === null) this.firstToken();
    if (!this.request.stream) return this.complete(this.wire.completion(), Buffer.alloc(0));
    if (this.sendDue()) this.next();
  };

  private firstToken(): void {
    this.ttftMs = this.elapsedMs();
    if (this.request.stream) this.cancelDeadline();
    this.observer.onFirstByte?.();
  }

  /** False when the observer asked for a pause. */
  private sendDue(): boolean {
    const { pieces } = this.answer;
    const isFirst = this.sent === 0;
    let frames = isFirst ? this.wire.role() : '';
    while (this.sent < pieces.length && this.dueMs(this.sent) <= this.elapsedMs())
      frames += this.wire.piece(this.sent++);
    if (this.sent === pieces.length) frames += this.wire.finish();
    if (frames === '') return true;
    this.paused = true; // until the observer has said otherwise; it may resume before it returns
    if (this.observer.onFrames(Buffer.from(frames), this.onResume)) this.paused = false;
    return !this.paused || this.sent === pieces.length;
  }

  private next(): void {
    if (this.sent === this.answer.pieces.length)
      this.complete(Buffer.alloc(0), this.wire.tail(this.request.clientWantsUsage));
    else this.wakeAt(this.dueMs(this.sent));
  }

  private readonly onResume = (): void => {
    if (!this.paused || this.settled) return;
    this.paused = false;
    this.wakeAt(this.dueMs(this.sent));
  };

  private complete(body: Buffer, tail: Buffer): void {
    const { usage, finishReason } = this.answer;
    const contentType = this.request.stream ? 'text/event-stream' : 'application/json';
    const totalMs = this.elapsedMs();
    this.settle({
      kind: 'completed',
      status: 200,
      contentType,
      body,
      tail,
      usage,
      finishReason,
      connectMs: null,
      ttftMs: this.ttftMs ?? totalMs,
      totalMs,
    });
  }

  private readonly onAbort = (): void => this.fail(abortFailure(this.request.signal.reason));

  private readonly onDeadline = (): void =>
    this.fail(
      finalFailure(
        new RelayError('upstream_timeout', 'The simulator did not complete its answer before the deadline.'),
      ),
    );

  private fail(failure: UpstreamFailure): void {
    const usage = this.sent === 0 ? null : { ...this.answer.usage, outputTokens: this.sent };
    this.settle({
      ...failedBeforeStart(failure),
      started: this.sent > 0,
      upstreamStatus: this.sent > 0 ? 200 : null,
      usage,
    });
  }

  private settle(outcome: UpstreamOutcome): void {
    if (this.settled) return;
    this.settled = true;
    this.cancelWake();
    this.cancelDeadline();
    this.request.signal.removeEventListener('abort', this.onAbort);
    this.resolve(outcome);
  }

  private elapsedMs(): number {
    return this.clock.monotonic() - this.startedAt;
  }
}
