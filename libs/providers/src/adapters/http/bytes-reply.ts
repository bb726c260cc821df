import type { Dispatcher } from 'undici';
import { parseObject } from '@relay/protocols';
import { fault, reportedFailure } from '../../domain/upstream-failure';
import type { UpstreamObserver } from '../../ports/upstream-client.port';
import { isEncoded } from './decode-body';
import { type CallContext, failed, NO_BYTES, type ReplyHead, type ReplyReader, type Verdict } from './reply-reader';

const UNKNOWN_TYPE = 'application/octet-stream';
/** Types of what is no recording: pages of proxies, errors that came with status 200. */
const NO_BYTES_TYPE = /html|xml|json|text\/plain/i;
/** Of an error in place of a recording this much is read, for what it says. */
const MAX_ERROR_BYTES = 65_536;

/** Passes bytes on to the observer as they come, and stops reading when the observer asks for it. */
export class BytesReply implements ReplyReader {
  started = false;
  readonly usage = null;
  contentSeen = false;
  private readonly isWrong: boolean;
  private readonly wrong: Buffer[] = [];
  private wrongBytes = 0;
  private controller: Dispatcher.DispatchController | null = null;
  private resumed = false;

  constructor(
    private readonly context: CallContext,
    private readonly head: ReplyHead,
    private readonly observer: UpstreamObserver,
  ) {
    this.isWrong = NO_BYTES_TYPE.test(head.contentType) || isEncoded(head.contentEncoding);
  }

  data(chunk: Buffer, controller: Dispatcher.DispatchController): Verdict | null {
    if (this.isWrong) return this.note(chunk);
    this.controller = controller;
    this.contentSeen = true;
    if (!this.started) this.observer.onBytesType?.(this.head.contentType || UNKNOWN_TYPE);
    this.started = true;
    this.resumed = false;
    if (!this.observer.onFrames(chunk, this.resume) && !this.resumed) controller.pause();
    return null;
  }

  end(): Verdict {
    if (this.isWrong) return this.refusal();
    if (!this.started) return this.bad('sent an empty answer');
    return { kind: 'complete', body: NO_BYTES, tail: NO_BYTES, usage: null, finishReason: 'stop' };
  }

  broken(): null {
    return null;
  }

  private readonly resume = (): void => {
    this.resumed = true;
    this.controller?.resume();
  };

  private note(chunk: Buffer): Verdict | null {
    this.wrongBytes += chunk.length;
    if (this.wrongBytes > MAX_ERROR_BYTES) return this.refusal();
    this.wrong.push(chunk);
    return null;
  }

  private refusal(): Verdict {
    const payload = parseObject(Buffer.concat(this.wrong).toString('utf8'));
    if (!payload?.['error']) return this.bad('sent something else than a recording');
    return failed(reportedFailure(this.context.providerId, payload, this.context.secrets));
  }

  private bad(what: string): Verdict {
    return failed(fault('upstream_error', `Provider ${this.context.providerId} ${what}.`));
  }
}
