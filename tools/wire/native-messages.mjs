// Answers as Anthropic's /v1/messages has them (docs.anthropic.com/en/api/messages-streaming).

const USAGE = { input_tokens: 11, output_tokens: 3 };
const head = { id: 'msg_native', type: 'message', role: 'assistant', model: 'native', stop_sequence: null };
const event = (type, fields) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

export function messageJson(_kit, said, calls) {
  const uses = calls.map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: JSON.parse(call.arguments) })); // prettier-ignore
  const content = said === null ? uses : [{ type: 'text', text: said }];
  return { ...head, content, stop_reason: said === null ? 'tool_use' : 'end_turn', usage: USAGE };
}

export function messageStream(_kit, words, calls) {
  const usage = { ...USAGE, output_tokens: 1 };
  const blocks =
    words === null
      ? calls.flatMap(({ id, name, arguments: given }, index) =>
          block(index, { type: 'tool_use', id, name, input: {} }, given.match(/.{1,8}/g), toInput),
        )
      : block(0, { type: 'text', text: '' }, words, toText);
  const delta = { stop_reason: words === null ? 'tool_use' : 'end_turn', stop_sequence: null };
  return [
    event('message_start', { message: { ...head, content: [], stop_reason: null, usage } }),
    event('ping', {}),
    ...blocks,
    event('message_delta', { delta, usage: { output_tokens: USAGE.output_tokens } }),
    event('message_stop', {}),
  ];
}

const toText = (text) => ({ type: 'text_delta', text });
const toInput = (json) => ({ type: 'input_json_delta', partial_json: json });
const block = (index, begun, pieces, deltaOf) => [
  event('content_block_start', { index, content_block: begun }),
  ...pieces.map((piece) => event('content_block_delta', { index, delta: deltaOf(piece) })),
  event('content_block_stop', { index }),
];
