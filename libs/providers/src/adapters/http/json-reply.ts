import type { Operation } from '@relay/contracts';
import { type JsonObject, parseObject, readAnswer } from '@relay/protocols';
import { errorMessage, fault, reportedFailure } from '../../domain/upstream-failure';
import { decodeBody, isEncoded } from './decode-body';
import { type CallContext, failed, NO_BYTES, type ReplyHead, type ReplyReader, type Verdict } from './reply-reader';

/** An answer that is not a stream may have at most this many bytes, before and after decompression. */
export const MAX_ANSWER_BYTES = 64 * 1_048_576;

/** Collects a whole answer. Only sound JSON counts: proxies like to answer 200 with a page of HTML, or half of the body. */
export class JsonReply implements ReplyReader {
  readonly started = false;
  readonly usage = null;
  contentSeen = false;
  private readonly parts: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly context: CallContext,
    private readonly head: ReplyHead,
    private readonly operation: Operation,
  ) {}

  data(chunk: Buffer): Verdict | null {
    this.contentSeen = true;
    this.bytes += chunk.length;
    if (this.bytes > MAX_ANSWER_BYTES) return this.bad(`sent more than ${MAX_ANSWER_BYTES} bytes`);
    this.parts.push(chunk);
    return null;
  }

  end(): Verdict | Promise<Verdict> {
    const { contentType, contentEncoding } = this.head;
    if (contentType !== '' && !contentType.toLowerCase().includes('json'))
      return this.bad('sent something else than JSON');
    const body = this.parts.length === 1 && this.parts[0] ? this.parts[0] : Buffer.concat(this.parts);
    if (!isEncoded(contentEncoding)) return this.judge(body);
    return decodeBody(body, contentEncoding, MAX_ANSWER_BYTES).then(
      (decoded) => this.judge(decoded),
      () => this.bad('sent a body that cannot be decompressed'),
    );
  }

  broken(): null {
    return null;
  }

  private judge(body: Buffer): Verdict {
    const payload = parseObject(body.toString('utf8'));
    if (payload === null) return this.bad('sent a body that is not valid JSON');
    const facts = readAnswer(this.operation, payload, this.context.dialect);
    if (facts === null) return this.noAnswer(payload);
    return { kind: 'complete', body, tail: NO_BYTES, usage: facts.usage, finishReason: facts.finishReason };
  }

  private noAnswer(payload: JsonObject): Verdict {
    const { providerId, secrets } = this.context;
    if (payload['error'] || errorMessage(payload) !== '') return failed(reportedFailure(providerId, payload, secrets));
    return this.bad(`sent JSON that is no answer of ${this.operation}`);
  }

  private bad(what: string): Verdict {
    return failed(fault('upstream_error', `Provider ${this.context.providerId} ${what}.`));
  }
}
