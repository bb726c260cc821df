import { boundaryOf, formFields, type JsonObject, scanForm } from '@relay/protocols';
import { fault } from '../../domain/upstream-failure';
import type { UpstreamRequest } from '../../ports/upstream-client.port';
import { isEncoded } from './decode-body';
import { JsonReply, MAX_ANSWER_BYTES } from './json-reply';
import { type CallContext, failed, NO_BYTES, type ReplyHead, type ReplyReader, type Verdict } from './reply-reader';

/** Answers that the app wants as a text: as it is, or as subtitles. */
const TEXT_FORMATS: ReadonlySet<unknown> = new Set(['text', 'srt', 'vtt']);
/** What a proxy says where a text is awaited. */
const MARKUP = /^\s*<(?:!doctype|html|\?xml)/i;
const MARKUP_TYPE = /html|xml/i;

/** Collects an answer that is a text; one that is JSON after all is read as such. */
export class TextReply implements ReplyReader {
  readonly started = false;
  readonly usage = null;
  contentSeen = false;
  private readonly parts: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly context: CallContext,
    private readonly head: ReplyHead,
  ) {}

  data(chunk: Buffer): Verdict | null {
    this.contentSeen = true;
    this.bytes += chunk.length;
    if (this.bytes > MAX_ANSWER_BYTES) return this.bad(`sent more than ${MAX_ANSWER_BYTES} bytes`);
    this.parts.push(chunk);
    return null;
  }

  end(): Verdict {
    const { contentType, contentEncoding } = this.head;
    const body = Buffer.concat(this.parts);
    if (isEncoded(contentEncoding)) return this.bad('compressed a text, which was not asked for');
    if (MARKUP_TYPE.test(contentType) || MARKUP.test(body.toString('latin1', 0, 64)))
      return this.bad('sent a page instead of a text');
    return { kind: 'complete', body, tail: NO_BYTES, usage: null, finishReason: 'stop' };
  }

  broken(): null {
    return null;
  }

  private bad(what: string): Verdict {
    return failed(fault('upstream_error', `Provider ${this.context.providerId} ${what}.`));
  }
}

/** A text where one was asked for, unless the upstream says that it is JSON; JSON everywhere else. */
export function textOrJson(context: CallContext, head: ReplyHead, request: UpstreamRequest): ReplyReader {
  const isText = !head.contentType.toLowerCase().includes('json') && TEXT_FORMATS.has(formatOf(request));
  return isText ? new TextReply(context, head) : new JsonReply(context, head, request.operation);
}

function formatOf({ body, contentType }: UpstreamRequest): unknown {
  const parts = scanForm(body, boundaryOf(contentType) ?? '');
  const fields: JsonObject = 'problem' in parts ? {} : formFields(body, parts);
  return fields['response_format'];
}
