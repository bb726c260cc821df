import { refusalFailure } from '../../domain/upstream-failure';
import { decodeBody, isEncoded } from './decode-body';
import { type CallContext, failed, type ReplyHead, type ReplyReader, type Verdict } from './reply-reader';

/** Of the body of a refusal no more is read than this. */
export const MAX_REFUSAL_BYTES = 65_536;

/** Any status but 2xx. */
export class RefusalReply implements ReplyReader {
  readonly contentSeen = false;
  readonly started = false;
  readonly usage = null;
  private readonly parts: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly context: CallContext,
    private readonly head: ReplyHead,
  ) {}

  data(chunk: Buffer): Verdict | null {
    const room = MAX_REFUSAL_BYTES - this.bytes;
    this.parts.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.bytes += chunk.length;
    return this.bytes > MAX_REFUSAL_BYTES ? this.judge(Buffer.concat(this.parts)) : null;
  }

  end(): Verdict | Promise<Verdict> {
    const body = Buffer.concat(this.parts);
    if (!isEncoded(this.head.contentEncoding)) return this.judge(body);
    return decodeBody(body, this.head.contentEncoding, MAX_REFUSAL_BYTES).then(
      (decoded) => this.judge(decoded),
      () => this.judge(Buffer.alloc(0)),
    );
  }

  /** The status alone says enough. */
  broken(): Verdict {
    return this.judge(Buffer.concat(this.parts));
  }

  private judge(body: Buffer): Verdict {
    const { status, contentType, retryAfterMs } = this.head;
    return failed(
      refusalFailure(this.context.providerId, { status, contentType, body, retryAfterMs }, this.context.secrets),
    );
  }
}
