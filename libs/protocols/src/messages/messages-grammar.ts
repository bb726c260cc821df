import { isJsonObject, type JsonObject, parseObject } from '../json/json-object';
import { skipValue } from '../json/json-scanner';
import type { FrameFacts, StreamFacts, StreamGrammar } from '../stream-grammar';
import { mergeMessageUsage } from './message-usage';
import { toldError } from './message-errors';

/** Events with usage, errors and ends. Quotes inside JSON strings are escaped, so talk about these things does not match. */
const NOTABLE = /"type"\s*:\s*"(?:message_start|message_delta|message_stop|error)"|"error"\s*:\s*\{/;
const KIND = /"type"\s*:\s*"([^"\\]*)"/;
const USAGE_OBJECT = /"usage"\s*:\s*\{/g;
const STOP_REASON = /"stop_reason"\s*:\s*"([^"\\]*)"/;

/** Streams of `POST /v1/messages`, as Anthropic sends them. */
export const messagesGrammar: StreamGrammar = {
  notable: NOTABLE,
  mayLackEnd: false,
  read(data, known): FrameFacts | null {
    const nothing = { ...factsOf(known), hasContent: false, isEnd: false, isUsageOnly: false, error: null };
    const event = parseObject(data);
    if (event === null) return null;
    const error = toldError(event);
    if (error) return { ...nothing, error };
    switch (event['type']) {
      case 'ping':
      case 'content_block_stop':
        return nothing;
      case 'message_start':
        return { ...nothing, usage: mergeMessageUsage(known.usage, usageIn(event['message'])) };
      case 'message_delta': {
        const usage = mergeMessageUsage(known.usage, event['usage']);
        const finishReason = stopReasonIn(event['delta']) ?? known.finishReason;
        return { ...nothing, usage, finishReason, hasContent: finishReason !== null };
      }
      case 'message_stop':
        return { ...nothing, isEnd: true };
      case 'content_block_start':
        return { ...nothing, hasContent: hasSubstance(event['content_block']) };
      case 'content_block_delta':
        return { ...nothing, hasContent: hasSubstance(event['delta']) };
      default: // not ours to hold
        return { ...nothing, hasContent: true };
    }
  },
  announces: (head) => KIND.exec(head.toString('latin1'))?.[1] === 'message_start',
  readLong(head, tail, known) {
    const kind = KIND.exec(head.toString('latin1'))?.[1];
    if (kind !== 'message_start' && kind !== 'message_delta') return { ...factsOf(known), isEnd: false };
    const end = tail.toString('latin1');
    return {
      usage: mergeMessageUsage(known.usage, lastUsageIn(tail, end)),
      finishReason: STOP_REASON.exec(head.toString('latin1') + end)?.[1] ?? known.finishReason,
      isEnd: false,
    };
  },
};

const factsOf = ({ usage, finishReason }: StreamFacts): StreamFacts => ({ usage, finishReason });

const usageIn = (message: unknown): unknown => (isJsonObject(message) ? message['usage'] : undefined);

function stopReasonIn(delta: unknown): string | null {
  const reason = isJsonObject(delta) ? delta['stop_reason'] : null;
  return typeof reason === 'string' ? reason : null;
}

/** More than its kind and empty texts: a block of text begins empty, one that calls a tool with its name. */
function hasSubstance(block: unknown): boolean {
  return isJsonObject(block) && Object.entries(block).some(([key, value]) => key !== 'type' && isFull(value));
}

function isFull(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}

/** The usage object in the last bytes of an event; `latin1`: the same bytes. */
function lastUsageIn(bytes: Buffer, latin1: string): JsonObject | null {
  const match = [...latin1.matchAll(USAGE_OBJECT)].at(-1);
  if (!match) return null;
  const start = match.index + match[0].length - 1;
  return parseObject(bytes.toString('utf8', start, skipValue(bytes, start)));
}
