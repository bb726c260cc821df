import type { VendorWire } from './vendor-wire';

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const INPUT = { input_tokens: 5, cache_read_input_tokens: 4, cache_creation_input_tokens: 2 };
const REASONS = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use' };
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', stop_sequence: null };

export const anthropicWire: VendorWire = {
  kind: 'anthropic',
  config: {},
  contentType: 'text/event-stream; charset=utf-8',
  start:
    event('message_start', {
      message: { ...message, content: [], stop_reason: null, usage: { ...INPUT, output_tokens: 1 } },
    }) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
    event('ping', {}),
  text: (text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  thought: (thinking) =>
    event('content_block_start', { index: 7, content_block: { type: 'thinking', thinking: '' } }) +
    event('content_block_delta', { index: 7, delta: { type: 'thinking_delta', thinking } }) +
    event('content_block_delta', { index: 7, delta: { type: 'signature_delta', signature: 'signed' } }) +
    event('content_block_stop', { index: 7 }),
  calls: (calls) =>
    calls.flatMap(({ id, name, input }, i) => {
      const json = JSON.stringify(input);
      const pieces = [json.slice(0, 3), json.slice(3)].filter((piece) => json !== '{}' && piece !== '');
      return [
        event('content_block_start', { index: i + 1, content_block: { type: 'tool_use', id, name, input: {} } }),
        ...pieces.map((piece) =>
          event('content_block_delta', { index: i + 1, delta: { type: 'input_json_delta', partial_json: piece } }),
        ),
        event('content_block_stop', { index: i + 1 }),
      ];
    }),
  garbage: 'event: new_thing\ndata: {"type":"new_thing"\n\n',
  brokenOff: [event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }), 'STALL'],
  brokenOffBy: 'Overloaded',
  end: (reason) => [
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: REASONS[reason], stop_sequence: null },
      usage: { output_tokens: 3 },
    }),
    event('message_stop', {}),
  ],
  whole: (text) => ({
    ...message,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { ...INPUT, output_tokens: 3 },
  }),
  refusal: (text) => ({ type: 'error', error: { type: 'invalid_request_error', message: text } }),
};
