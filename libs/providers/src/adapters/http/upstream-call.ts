import { isGenerative, OPERATION_SHAPES, type ToldLimits } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { grammarOf } from '@relay/protocols';
import type { Dispatcher } from 'undici';
import { retryAfterMs } from '../../domain/retry-after';
import { toldEarlier, toldLimits } from '../../domain/told-limits';
import { abortFailure, fault, finalFailure, type UpstreamFailure } from '../../domain/upstream-failure';
import type { UpstreamObserver, UpstreamOutcome, UpstreamRequest } from '../../ports/upstream-client.port';
import { BytesReply } from './bytes-reply';
import { JsonReply } from './json-reply';
import { RefusalReply } from './refusal-reply';
import type { CallContext, ReplyHead, ReplyReader, Verdict } from './reply-reader';
import { StreamReply } from './stream-reply';
import { textOrJson } from './text-reply';
import { endlessStream, transportFailure } from './transport-failure';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** After the answer is complete the upstream has this long to end the body; then its connection is given up. In ms. */
const DRAIN_MS = 1_000;

/** Tells undici to destroy the connection; nobody sees it. */
const ABANDONED = new Error('the call is over');

/**
 * One call, from dispatch to outcome; undici drives it. Every way out goes through `settle`, which removes the abort listener,
 * stops the timer and lets go of the connection.
 */
export class UpstreamCall implements Dispatcher.DispatchHandler {
  readonly outcome: Promise<UpstreamOutcome>;
  private resolve!: (outcome: UpstreamOutcome) => void;
  private readonly startedAt: number;
  private cancelTimer: () => void;
  private controller: Dispatcher.DispatchController | null = null;
  private head: ReplyHead | null = null;
  private reader: ReplyReader | null = null;
  private told: ToldLimits | null = null;
  private toldAtMs = 0; // since the start
  private connectMs: number | null = null;
  private ttftMs: number | null = null;
  private sawFirstByte = false;
  private settled = false;
  private ended = false; // undici is done with the request

  constructor(
    private readonly context: CallContext,
    private readonly request: UpstreamRequest,
    private readonly observer: UpstreamObserver,
  ) {
    this.outcome = new Promise((resolve) => (this.resolve = resolve));
    this.startedAt = context.clock.monotonic();
    this.cancelTimer = context.clock.after(request.timeoutMs, this.onDeadline);
    request.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.settled) return controller.abort(ABANDONED); // over before the connection was made: nothing is sent
    if (this.context.isFreshConnection()) this.connectMs = this.elapsedMs();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (this.settled || status < 200) return; // 1xx only announce
    this.noteLimits(headers);
    this.head = {
      status,
      contentType: text(headers['content-type']),
      contentEncoding: text(headers['content-encoding']),
      retryAfterMs: status < 300 ? null : retryAfterMs(headers, this.context.clock.now()),
    };
    this.reader = this.readerFor(this.head);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled || !this.reader) return;
    if (!this.sawFirstByte) this.firstByte();
    const verdict = this.reader.data(chunk, controller);
    if (this.ttftMs === null && this.reader.contentSeen) this.firstContent();
    if (verdict) this.conclude(verdict);
  }

  onResponseEnd(): void {
    this.ended = true;
    if (this.settled) return this.cancelTimer();
    if (!this.reader) return this.fail(this.withoutHead()); // nothing but 1xx came, or nothing at all
    const verdict = this.reader.end();
    if (verdict instanceof Promise) void verdict.then((late) => this.conclude(late));
    else this.conclude(verdict);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.ended = true;
    if (this.settled) return this.cancelTimer();
    const { providerId, timeouts } = this.context;
    const verdict = this.reader?.broken() ?? null;
    if (verdict) this.conclude(verdict);
    else this.fail(transportFailure(providerId, error, timeouts));
  }

  private noteLimits(headers: Headers): void {
    this.told = toldLimits(headers, this.context.clock.now());
    if (this.told) this.toldAtMs = this.elapsedMs();
  }

  /** The times until a reset count from now, not from the head, which a long stream has left behind. */
  private toldNow(): ToldLimits | null {
    return this.told && toldEarlier(this.told, this.elapsedMs() - this.toldAtMs);
  }

  private withoutHead(): UpstreamFailure {
    return fault('upstream_error', `Provider ${this.context.providerId} ended its answer before it began.`);
  }

  private readerFor(head: ReplyHead): ReplyReader {
    if (head.status > 299) return new RefusalReply(this.context, head);
    const { operation, stream, clientWantsUsage } = this.request;
    if (stream && (isGenerative(operation) || isEventStream(head))) {
      const grammar = grammarOf(operation, this.context.dialect);
      const keepUsageFrame = clientWantsUsage || !isGenerative(operation);
      return new StreamReply(this.context, head, this.observer, { grammar, keepUsageFrame });
    }
    return this.wholeReaderFor(head);
  }

  /** Models that cannot stream what is no generated text answer whole, whatever they are asked: whisper-1 does. */
  private wholeReaderFor(head: ReplyHead): ReplyReader {
    const { operation } = this.request;
    const { answer } = OPERATION_SHAPES[operation];
    switch (answer) {
      case 'bytes':
        return new BytesReply(this.context, head, this.observer);
      case 'text':
        return textOrJson(this.context, head, this.request);
      case 'json':
        return new JsonReply(this.context, head, operation);
      default:
        return answer satisfies never;
    }
  }

  private firstByte(): void {
    this.sawFirstByte = true;
    if (this.head && this.head.status < 300) this.observer.onFirstByte?.();
  }

  /** A stream that has begun may be late: cutting it at the deadline would waste what was sent. */
  private firstContent(): void {
    this.ttftMs = this.elapsedMs();
    if (!this.request.stream) return;
    this.cancelTimer();
    this.cancelTimer = this.context.clock.after(this.context.timeouts.streamMs, this.onEndless);
  }

  private conclude(verdict: Verdict): void {
    if (verdict.kind === 'fail') return this.fail(verdict.failure);
    const status = this.head?.status ?? 200;
    const contentType = this.head?.contentType || (this.request.stream ? 'text/event-stream' : 'application/json');
    const { body, tail, usage, finishReason } = verdict;
    const totalMs = this.elapsedMs();
    this.settle({
      kind: 'completed',
      status,
      contentType,
      body,
      tail,
      usage,
      finishReason,
      connectMs: this.connectMs,
      ttftMs: this.ttftMs ?? totalMs,
      totalMs,
      told: this.toldNow(),
    });
    if (!this.ended) this.drain();
  }

  private fail(failure: UpstreamFailure): void {
    const { error, retryable, passthrough, retryAfterMs } = failure;
    const started = this.reader?.started ?? false;
    const upstreamStatus = this.head?.status ?? null;
    const usage = this.reader?.usage ?? null;
    this.settle({
      kind: 'failed',
      error,
      retryable: retryable && !started,
      started,
      upstreamStatus,
      passthrough,
      retryAfterMs,
      usage,
      told: this.toldNow(),
    });
    if (!this.ended) this.controller?.abort(ABANDONED);
  }

  private settle(outcome: UpstreamOutcome): void {
    if (this.settled) return;
    this.settled = true;
    this.cancelTimer();
    this.request.signal.removeEventListener('abort', this.onAbort);
    this.resolve(outcome);
  }

  /** The answer is complete but its body is not at its end: reads on, so that the connection can be used again. */
  private drain(): void {
    this.cancelTimer = this.context.clock.after(DRAIN_MS, () => this.controller?.abort(ABANDONED));
    if (this.controller?.paused) this.controller.resume();
  }

  private readonly onAbort = (): void => {
    this.fail(abortFailure(this.request.signal.reason));
  };

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

const isEventStream = ({ contentType }: ReplyHead): boolean => contentType.toLowerCase().includes('event-stream');

function text(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header) ?? '';
}
