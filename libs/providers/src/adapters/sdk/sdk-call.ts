import type { ToldLimits } from '@relay/contracts';
import { RelayError } from '@relay/core';
import type { Usage } from '@relay/protocols';
import { toldEarlier } from '../../domain/told-limits';
import { abortFailure, finalFailure, type UpstreamFailure } from '../../domain/upstream-failure';
import type { UpstreamObserver, UpstreamOutcome, UpstreamRequest } from '../../ports/upstream-client.port';
import { NO_BYTES } from '../http/reply-reader';
import { endlessStream } from '../http/transport-failure';
import { Exchange, type ExchangeEvents } from './exchange';
import { FrameOutlet } from './frame-outlet';
import { callHeaders } from './call-headers';
import type { SdkContext } from './sdk-context';
import { thrownFailure } from './sdk-failure';
import { UsageWatch } from './usage-watch';
import { Warnings } from './sdk-warnings';
import type { Fetch, Link } from './vendor';

/** After the answer is complete the upstream has this long to end the body; then its connection is given up. In ms. */
const DRAIN_MS = 1_000;

/** An answer, but for what every call knows. */
export interface Answer {
  readonly body?: Buffer;
  readonly tail?: Buffer;
  readonly usage: Usage | null;
  readonly finishReason: string | null;
}

/**
 * One call through a package, from its first request to the outcome. Every way out goes through `settle`, which removes the abort
 * listener, stops the timer and lets go of the connection.
 */
export class SdkCall implements ExchangeEvents {
  readonly outcome: Promise<UpstreamOutcome>;
  readonly warnings = new Warnings();
  readonly outlet: FrameOutlet;
  /** Of a call that takes several requests: what those that were answered have used. It is charged if a later one fails. */
  usedSoFar: Usage | null = null;
  private readonly usageWatch: UsageWatch;
  private resolve!: (outcome: UpstreamOutcome) => void;
  private readonly startedAt: number;
  private cancelTimer: () => void;
  private exchange: Exchange | null = null;
  private status: number | null = null;
  private told: ToldLimits | null = null;
  private toldAtMs = 0; // since the start
  private connectMs: number | null = null;
  private ttftMs: number | null = null;
  private isSettled = false;

  constructor(
    readonly context: SdkContext,
    readonly request: UpstreamRequest,
    private readonly observer: UpstreamObserver,
  ) {
    this.outcome = new Promise((resolve) => (this.resolve = resolve));
    this.outlet = new FrameOutlet(observer);
    this.usageWatch = new UsageWatch(context.vendor.earlyUsage);
    this.startedAt = context.clock.monotonic();
    this.cancelTimer = context.clock.after(request.timeoutMs, this.onDeadline);
    request.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  get settled(): boolean {
    return this.isSettled;
  }

  /** s since the epoch. */
  get created(): number {
    return Math.floor(this.context.clock.now() / 1_000);
  }

  get link(): Link {
    return { fetch: this.fetch, apiKey: this.request.apiKey ?? this.context.apiKey };
  }

  /** What the package sends its requests with: the relay's own connections, to the configured host and no other. */
  private readonly fetch: Fetch = (input, init) => {
    const { origin, connections, headers } = this.context;
    const url = new URL(input instanceof Request ? input.url : input);
    if (this.isSettled) return Promise.reject(new Error('the call is over'));
    if (url.origin !== origin) return Promise.reject(new Error('another host than the configured one was asked for'));
    const exchange = new Exchange(this.context, this.request.stream, this, this.usageWatch);
    this.exchange = exchange;
    const body = typeof init?.body === 'string' ? init.body : null;
    connections.pool.dispatch(
      { method: 'POST', path: url.pathname + url.search, headers: callHeaders(init, headers, this.request), body },
      exchange,
    );
    return exchange.response;
  };

  /** Does what it takes; whatever is thrown on the way becomes the outcome. */
  run(work: () => Promise<void>): Promise<UpstreamOutcome> {
    void work().catch((thrown: unknown) => this.fail(this.whatWentWrong(thrown)));
    return this.outcome;
  }

  onConnect(): void {
    this.connectMs = this.elapsedMs();
  }

  onHead(status: number, told: ToldLimits | null): void {
    this.status = status;
    if (!told) return;
    this.told = told;
    this.toldAtMs = this.elapsedMs();
  }

  onFirstByte(): void {
    if (this.isSettled) return;
    if (!this.request.stream) this.ttftMs ??= this.elapsedMs();
    this.observer.onFirstByte?.();
  }

  /** A stream that has begun may be late: cutting it at the deadline would waste what was sent. */
  handOut(frames: string): void {
    if (this.ttftMs === null) {
      this.ttftMs = this.elapsedMs();
      this.cancelTimer();
      this.cancelTimer = this.context.clock.after(this.context.timeouts.streamMs, this.onEndless);
    }
    this.outlet.push(frames);
  }

  complete({ body, tail, usage, finishReason }: Answer): void {
    this.outlet.flush();
    const totalMs = this.elapsedMs();
    const { list: warnings } = this.warnings;
    this.settle({
      kind: 'completed',
      status: this.status ?? 200,
      contentType: this.request.stream ? 'text/event-stream' : 'application/json',
      body: body ?? NO_BYTES,
      tail: tail ?? NO_BYTES,
      usage,
      finishReason,
      connectMs: this.connectMs,
      ttftMs: this.ttftMs ?? totalMs,
      totalMs,
      told: this.toldNow(),
      ...(warnings.length > 0 ? { warnings } : {}),
    });
  }

  fail(failure: UpstreamFailure, usage: Usage | null = null): void {
    if (this.isSettled) return;
    this.outlet.flush();
    const { started } = this.outlet;
    this.settle({
      kind: 'failed',
      ...failure,
      retryable: failure.retryable && !started,
      started,
      upstreamStatus: this.status,
      usage: usage ?? this.usedSoFar ?? this.usageWatch.read(),
      told: this.toldNow(),
    });
    this.exchange?.abandon();
  }

  /** While somebody reads on, so that the connection can be used again; the function says that the body is at its end. */
  drain(): () => void {
    return this.context.clock.after(DRAIN_MS, () => this.exchange?.abandon());
  }

  private whatWentWrong(thrown: unknown): UpstreamFailure {
    return this.exchange?.failure ?? thrownFailure(thrown, this.exchange !== null, this.context);
  }

  private settle(outcome: UpstreamOutcome): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.cancelTimer();
    this.request.signal.removeEventListener('abort', this.onAbort);
    this.outlet.close();
    this.resolve(outcome);
  }

  /** The times until a reset count from now, not from the head, which a long stream has left behind. */
  private toldNow(): ToldLimits | null {
    return this.told && toldEarlier(this.told, this.elapsedMs() - this.toldAtMs);
  }

  private readonly onAbort = (): void => this.fail(abortFailure(this.request.signal.reason));

  private readonly onDeadline = (): void => {
    const message = `Provider ${this.context.providerId} did not complete its answer before the deadline.`;
    this.fail(finalFailure(new RelayError('upstream_timeout', message)));
  };

  private readonly onEndless = (): void => {
    this.fail(endlessStream(this.context.providerId, this.context.timeouts.streamMs));
  };

  private elapsedMs(): number {
    return this.context.clock.monotonic() - this.startedAt;
  }
}
