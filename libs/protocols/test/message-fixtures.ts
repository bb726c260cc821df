import fc from 'fast-check';
import type { JsonObject } from '../src/json/json-object';
import { eventFrame } from '../src/messages/event-frame';

/** A text with what breaks naive readers: characters of several bytes, line ends, quotes, talk about events. */
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('"type":"message_stop"', 'a\r\n\nb', 'event: error\ndata: {}', '[DONE]', '日本語 テキスト', '👩‍👩‍👧'),
);
const json = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 6 }).filter((key) => key !== '__proto__'),
  fc.oneof(words, fc.integer(), fc.boolean()),
  { maxKeys: 4 },
);

const text = words.map((said) => ({ type: 'text', text: said, citations: null }));
const cited = words.map((said) => ({
  type: 'text',
  text: said,
  citations: [{ type: 'char_location', cited_text: 'x' }],
}));
const thinking = fc
  .tuple(words, fc.base64String())
  .map(([said, signature]) => ({ type: 'thinking', thinking: said, signature }));
const call = (type: string) =>
  fc.tuple(fc.uuid(), json).map(([id, input]) => ({ type, id: `toolu_${id}`, name: 'lookup', input }));
const unknown = json.map((content) => ({ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content }));

/** Messages as Anthropic answers them, new kinds of blocks included. */
export const anyMessage: fc.Arbitrary<JsonObject> = fc.record({
  id: fc.constant('msg_1'),
  type: fc.constant('message'),
  role: fc.constant('assistant'),
  model: fc.constant('claude'),
  content: fc.array(fc.oneof(text, cited, thinking, call('tool_use'), call('server_tool_use'), unknown), {
    maxLength: 5,
  }),
  stop_reason: fc.constantFrom('end_turn', 'tool_use', 'max_tokens', 'stop_sequence'),
  stop_sequence: fc.constantFrom(null, 'END'),
  usage: fc.record({ input_tokens: fc.nat(), cache_read_input_tokens: fc.nat(9), output_tokens: fc.nat() }),
});

/** The bytes in pieces of these sizes, the rest at the end. */
export function cutAt(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const size of [...sizes, bytes.length]) {
    if (from >= bytes.length) break;
    pieces.push(bytes.subarray(from, from + size));
    from += size;
  }
  return pieces;
}

/** A stream as Anthropic sends it: a thought, words, a call. */
export const NATIVE_EVENTS = [
  {
    type: 'message_start',
    message: {
      id: 'msg_n',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 10, cache_creation_input_tokens: 5, cache_read_input_tokens: 20, output_tokens: 1 },
    },
  },
  { type: 'ping' },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2ln' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Grüße' } },
  { type: 'content_block_stop', index: 1 },
  { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 't1', name: 'look', input: {} } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"city":' } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '"Köln"}' } },
  { type: 'content_block_stop', index: 2 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 42 } },
  { type: 'message_stop' },
];

export const NATIVE_FRAMES = NATIVE_EVENTS.map(eventFrame);
