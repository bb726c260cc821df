import { isJsonObject, parseObject, type JsonObject } from '../json/json-object';
import { skipValue } from '../json/json-scanner';
import type { FrameFacts, StreamGrammar } from '../stream-grammar';
import { readUsage, type Usage } from '../usage';
import { endOf, failureOf } from './response-end';

/**
 * The events that end a stream, and errors. Quotes inside JSON strings are escaped, so talk about these things does not match; the name
 * of the event before the data does, at the beginning of its line.
 */
const NOTABLE =
  /"type"\s*:\s*"(?:response\.(?:completed|incomplete|failed)|error)"|^event: ?(?:response\.(?:completed|incomplete|failed)|error)|"error"\s*:\s*[^n\s]/m;
const KIND = /"type"\s*:\s*"(response\.[a-z_.]+)"/;
const USAGE_OBJECT = /"usage"\s*:\s*\{/g;
const ERROR_OBJECT = /"error"\s*:\s*\{/;
const REASON = /"incomplete_details"\s*:\s*\{\s*"reason"\s*:\s*"([^"\\]*)"/;

/** They say that something is under way; whoever would be asked instead can still be asked. */
const ANNOUNCEMENTS: ReadonlySet<unknown> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.content_part.added',
  'response.reasoning_summary_part.added',
  'keepalive',
]);
/** Items that begin empty. Others are something by themselves: a call of a tool. */
const EMPTY_ITEMS: ReadonlySet<unknown> = new Set(['message', 'reasoning']);

const NOTHING = { hasContent: false, isEnd: false, isUsageOnly: false, error: null };

/** Streams of responses: events with a type, of which the last holds the whole response. */
export const responsesGrammar: StreamGrammar = {
  notable: NOTABLE,
  mayLackEnd: false,
  read(data, known): FrameFacts | null {
    const event = parseObject(data);
    if (event === null) return null;
    const { type, response } = event;
    const { finishReason } = known;
    const nothing = { ...NOTHING, usage: known.usage, finishReason };
    const error = errorIn(event);
    if (error) return { ...nothing, error };
    if (type !== 'response.completed' && type !== 'response.incomplete') {
      return { ...nothing, hasContent: isContent(event) };
    }
    const whole = isJsonObject(response) ? response : {};
    const usage = readUsage(whole['usage']) ?? known.usage;
    return { ...nothing, usage, finishReason: endOf(whole) ?? type.slice('response.'.length), isEnd: true };
  },
  announces(head) {
    const kind = kindOf(head);
    return kind === 'response.failed' || ANNOUNCEMENTS.has(kind);
  },
  readLong(head, tail, known) {
    const kind = kindOf(head);
    if (kind === 'response.failed') {
      return { usage: known.usage, finishReason: known.finishReason, isEnd: false, error: { error: failureIn(head) } };
    }
    if (kind !== 'response.completed' && kind !== 'response.incomplete') {
      return { usage: known.usage, finishReason: known.finishReason, isEnd: false };
    }
    const reason = REASON.exec(tail.toString('latin1'))?.[1];
    return {
      usage: lastUsage(tail) ?? known.usage,
      finishReason: reason ?? kind.slice('response.'.length),
      isEnd: true,
    };
  },
};

const kindOf = (head: Buffer): string | undefined => KIND.exec(head.toString('latin1'))?.[1];

/** The error stands before the output, which is what makes a response long. */
function failureIn(head: Buffer): JsonObject {
  const match = ERROR_OBJECT.exec(head.toString('latin1'));
  if (!match) return failureOf({});
  const start = match.index + match[0].length - 1;
  return failureOf({ error: parseObject(head.toString('utf8', start, skipValue(head, start))) });
}

/** As OpenAI's clients know errors, whether the event holds it or is it. */
function errorIn(event: JsonObject): JsonObject | null {
  const { type, error, response } = event;
  if (error) return { error };
  if (type === 'error') {
    const { message, code, param } = event;
    return { error: { message, type: 'api_error', code, param } };
  }
  return type === 'response.failed' && isJsonObject(response) ? { error: failureOf(response) } : null;
}

function isContent({ type, item, delta }: JsonObject): boolean {
  if (ANNOUNCEMENTS.has(type)) return false;
  if (type === 'response.output_item.added') return !isJsonObject(item) || !EMPTY_ITEMS.has(item['type']);
  return delta !== '';
}

/** The usage stands behind the tools, whose parameters may be named as it is. */
function lastUsage(tail: Buffer): Usage | null {
  const places = [...tail.toString('latin1').matchAll(USAGE_OBJECT)].reverse();
  for (const { index, 0: match } of places) {
    const start = index + match.length - 1;
    const usage = readUsage(parseObject(tail.toString('utf8', start, skipValue(tail, start))));
    if (usage) return usage;
  }
  return null;
}
