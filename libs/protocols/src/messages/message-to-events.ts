import { textPieces } from '../chat/completion-to-sse-pieces';
import { isJsonObject, jsonObjects, parseObject, type JsonObject } from '../json/json-object';
import { stringOf } from './blocks';
import { eventFrame, type MessageEvent } from './event-frame';

/** Most pieces that the texts of one answer are cut into; longer texts are cut into longer pieces. */
const MAX_PIECES = 2_000;

/**
 * A whole message as the frames in which Anthropic would have streamed it. In pieces: texts and arguments in pieces of about a token;
 * otherwise one frame. The last has the end, so nobody has a complete answer before it. Throws if the body is not JSON, which no
 * stored body is.
 */
export function messageToFrames(answer: Buffer, inPieces: boolean): Buffer[] {
  const message = parseObject(answer.toString('utf8'));
  if (message === null) throw new Error('a stored message is no JSON object');
  const blocks = jsonObjects(message['content']);
  const atLeast = inPieces ? Math.max(1, Math.ceil(charsOf(blocks) / MAX_PIECES)) : Infinity;
  const told = blocks.flatMap((block, index) => blockEvents(block, index, atLeast));
  const events = [startOf(message), ...told, ...endOf(message)].map(eventFrame);
  const frames = inPieces ? gathered(events) : [events.join('')];
  return frames.map((frame) => Buffer.from(frame));
}

/** The beginning goes with the first piece, the end in one. */
function gathered(events: string[]): string[] {
  if (events.length <= 4) return [events.join('')];
  const first = events.slice(0, 2).join('');
  const last = events.slice(-2).join('');
  return [first, ...events.slice(2, -2), last];
}

function startOf(message: JsonObject): MessageEvent {
  const { content: _content, stop_reason: _reason, stop_sequence: _sequence, usage, ...shared } = message;
  const began = isJsonObject(usage) ? { ...usage, output_tokens: 0 } : { input_tokens: 0, output_tokens: 0 };
  return {
    type: 'message_start',
    message: { ...shared, content: [], stop_reason: null, stop_sequence: null, usage: began },
  };
}

function endOf({ stop_reason = null, stop_sequence = null, usage }: JsonObject): MessageEvent[] {
  const told = isJsonObject(usage) ? usage : { output_tokens: 0 };
  return [{ type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: told }, { type: 'message_stop' }];
}

function blockEvents(block: JsonObject, index: number, atLeast: number): MessageEvent[] {
  const { emptied, deltas } = toldInDeltas(block, atLeast);
  return [
    { type: 'content_block_start', index, content_block: emptied },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

/** What a block begins as, and what is added to it. Kinds that are not known are told whole at their beginning. */
function toldInDeltas(block: JsonObject, atLeast: number): { emptied: JsonObject; deltas: JsonObject[] } {
  if (block['type'] === 'text') {
    const citations = Array.isArray(block['citations']) ? block['citations'] : [];
    const emptied = citations.length > 0 ? { ...block, text: '', citations: [] } : { ...block, text: '' };
    const cited = citations.map((citation: unknown) => ({ type: 'citations_delta', citation }));
    return { emptied, deltas: [...pieces(stringOf(block['text']), atLeast, 'text_delta', 'text'), ...cited] };
  }
  if (block['type'] === 'thinking') {
    const { thinking, signature } = block;
    const signed = typeof signature === 'string' && signature !== '' ? [{ type: 'signature_delta', signature }] : [];
    const told = pieces(stringOf(thinking), atLeast, 'thinking_delta', 'thinking');
    return { emptied: { ...block, thinking: '', signature: '' }, deltas: [...told, ...signed] };
  }
  const json = inputOf(block);
  if (json === '') return { emptied: block, deltas: [] };
  return { emptied: { ...block, input: {} }, deltas: pieces(json, atLeast, 'input_json_delta', 'partial_json') };
}

/** Arguments of a tool as text; empty where there are none, or they are told whole. */
function inputOf({ type, input }: JsonObject): string {
  if (typeof type !== 'string' || !type.endsWith('tool_use')) return '';
  if (typeof input === 'string') return input;
  return isJsonObject(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : '';
}

function pieces(text: string, atLeast: number, type: string, field: string): JsonObject[] {
  if (text === '') return [];
  const cut = atLeast === Infinity ? [text] : textPieces(text, atLeast);
  return cut.map((piece) => ({ type, [field]: piece }));
}

function charsOf(blocks: readonly JsonObject[]): number {
  return blocks.reduce((sum, block) => {
    return sum + stringOf(block['text']).length + stringOf(block['thinking']).length + inputOf(block).length;
  }, 0);
}
