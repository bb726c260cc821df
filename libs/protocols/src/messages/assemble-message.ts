import { isJsonObject, jsonObjects, type JsonObject, parseObject } from '../json/json-object';
import { stringOf } from './blocks';

/** Fields of a `message_delta` that are no part of the message as they stand. */
const DELTA_FIELDS: ReadonlySet<string> = new Set(['type', 'delta', 'usage']);

interface Block {
  readonly block: JsonObject;
  /** Of the arguments of a tool; null while none came. */
  json: string | null;
}

/**
 * The whole message that a stream's events amount to, unknown kinds of blocks included; undefined if one is an error or not understood,
 * or the end is missing.
 */
export function assembleMessage(events: readonly JsonObject[]): JsonObject | undefined {
  let message: JsonObject | undefined;
  let ended = false;
  const blocks: Block[] = [];
  for (const event of events) {
    switch (event['type']) {
      case 'message_start':
        message = isJsonObject(event['message']) ? { ...event['message'] } : undefined;
        break;
      case 'content_block_start':
        if (event['index'] !== blocks.length || !isJsonObject(event['content_block'])) return undefined;
        blocks.push({ block: { ...event['content_block'] }, json: null });
        break;
      case 'content_block_delta':
        if (!addDelta(blocks[Number(event['index'])], event['delta'])) return undefined;
        break;
      case 'message_delta':
        if (message) message = mergeEnd(message, event);
        break;
      case 'message_stop':
        ended = true;
        break;
      case 'error':
        return undefined;
      default: // pings, ends of blocks, what is new
    }
  }
  if (!message || !ended) return undefined;
  const content = blocks.map(finishBlock);
  return content.includes(null) ? undefined : { ...message, content };
}

function addDelta(at: Block | undefined, delta: unknown): boolean {
  if (!at || !isJsonObject(delta)) return false;
  const { block } = at;
  switch (delta['type']) {
    case 'text_delta':
      return append(block, 'text', delta['text']);
    case 'thinking_delta':
      return append(block, 'thinking', delta['thinking']);
    case 'signature_delta':
      return append(block, 'signature', delta['signature']);
    case 'input_json_delta':
      at.json = (at.json ?? '') + stringOf(delta['partial_json']);
      return true;
    case 'citations_delta':
      block['citations'] = [...jsonObjects(block['citations']), delta['citation']];
      return true;
    default: // it cannot be told what it adds
      return false;
  }
}

function append(block: JsonObject, field: string, piece: unknown): boolean {
  block[field] = stringOf(block[field]) + stringOf(piece);
  return true;
}

/** Null if the arguments are no JSON. */
function finishBlock({ block, json }: Block): JsonObject | null {
  if (json === null || json === '') return block;
  const input = parseObject(json);
  return input && { ...block, input };
}

/** Counts are cumulative, so what is told last holds; what is not told again stays. */
function mergeEnd(message: JsonObject, event: JsonObject): JsonObject {
  const others = Object.entries(event).filter(([key]) => !DELTA_FIELDS.has(key));
  const usage = { ...asObject(message['usage']), ...withoutNulls(asObject(event['usage'])) };
  return { ...message, ...Object.fromEntries(others), ...asObject(event['delta']), usage };
}

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

const withoutNulls = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
