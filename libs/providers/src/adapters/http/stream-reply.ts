import type { Dispatcher } from 'undici';
import { type StreamGrammar, StreamSniffer, type Usage } from '@relay/protocols';
import { fault, reportedFailure } from '../../domain/upstream-failure';
import type { UpstreamObserver } from '../../ports/upstream-client.port';
import { isEncoded } from './decode-body';
import { type CallContext, failed, NO_BYTES, type ReplyHead, type ReplyReader, type Verdict } from './reply-reader';

/** Passes a stream of chunks on to the observer, sniffed, and stops reading when the observer asks for it. */
export class StreamReply implements ReplyReader {
  started = false;
  private readonly sniffer: StreamSniffer;
  private controller: Dispatcher.DispatchController | null = null;
  private resumed = false;

  constructor(
    private readonly context: CallContext,
    private readonly head: ReplyHead,
    private readonly observer: UpstreamObserver,
    private readonly options: { readonly grammar: StreamGrammar; readonly keepUsageFrame: boolean },
  ) {
    this.sniffer = new StreamSniffer(options);
  }

  get contentSeen(): boolean {
    return this.sniffer.contentSeen;
  }

  get usage(): Usage | null {
    return this.sniffer.usage;
  }

  data(chunk: Buffer, controller: Dispatcher.DispatchController): Verdict | null {
    const wrong = this.started ? null : this.wrongHead();
    if (wrong) return wrong;
    this.controller = controller;
    this.forward(this.sniffer.push(chunk));
    return this.verdict();
  }

  end(): Verdict {
    const wrong = this.wrongHead();
    if (wrong) return wrong;
    this.forward(this.sniffer.end());
    return this.verdict() ?? this.finished() ?? this.bad('ended its answer before it was complete');
  }

  /** A connection that broke before the last frame took something with it: with n > 1, perhaps the end of another choice. */
  broken(): null {
    return null;
  }

  /** Where the protocol takes it so, a body that ended properly without its last frame, which is not made up. */
  private finished(): Verdict | null {
    return this.options.grammar.mayLackEnd && this.sniffer.finishReason !== null ? this.complete() : null;
  }

  private forward(frames: Buffer | null): void {
    if (frames === null) return;
    this.started = true;
    this.resumed = false;
    if (!this.observer.onFrames(frames, this.resume) && !this.resumed) this.controller?.pause();
  }

  private readonly resume = (): void => {
    this.resumed = true;
    this.controller?.resume();
  };

  private verdict(): Verdict | null {
    const { reported, done } = this.sniffer;
    if (reported) return failed(reportedFailure(this.context.providerId, reported, this.context.secrets));
    return done ? this.complete() : null;
  }

  private complete(): Verdict {
    const { tail, usage, finishReason } = this.sniffer;
    return { kind: 'complete', body: NO_BYTES, tail, usage, finishReason };
  }

  private wrongHead(): Verdict | null {
    const { contentType, contentEncoding } = this.head;
    if (contentType !== '' && !contentType.toLowerCase().includes('event-stream'))
      return this.bad('did not answer with an event stream');
    return isEncoded(contentEncoding) ? this.bad('compressed an event stream, which was not asked for') : null;
  }

  private bad(what: string): Verdict {
    return failed(fault('upstream_error', `Provider ${this.context.providerId} ${what}.`));
  }
}
