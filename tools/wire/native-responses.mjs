// Answers as OpenAI's /v1/responses has them (platform.openai.com/docs/api-reference/responses-streaming).

const USAGE = {
  ...{ input_tokens: 11, output_tokens: 3, total_tokens: 14 },
  ...{ input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
};

function responseOf(status, output) {
  return {
    ...{ id: 'resp_native', object: 'response', created_at: 1_700_000_000, status, model: 'native', output },
    ...{ error: null, incomplete_details: null, instructions: null, metadata: {}, parallel_tool_calls: true },
    ...{ temperature: 1, top_p: 1, tool_choice: 'auto', tools: [], usage: status === 'completed' ? USAGE : null },
  };
}

const partOf = (text) => ({ type: 'output_text', text, annotations: [], logprobs: [] });
const message = (status, content) => ({ id: 'msg_native', type: 'message', status, role: 'assistant', content });
const call = ({ id, name }, status, given) => ({
  ...{ id: `fc_${id}`, type: 'function_call', status, call_id: id, name, arguments: given },
});

export function responseJson(_kit, said, calls) {
  const called = calls.map((one) => call(one, 'completed', one.arguments));
  return responseOf('completed', said === null ? called : [message('completed', [partOf(said)])]);
}

export function responseStream(kit, words, calls) {
  const items = words === null ? calls.map(callEvents) : [messageEvents(words)];
  const events = [
    ['response.created', { response: responseOf('in_progress', []) }],
    ['response.in_progress', { response: responseOf('in_progress', []) }],
    ...items.flat(),
    ['response.completed', { response: responseJson(kit, words?.join('') ?? null, calls) }],
  ];
  return events.map(
    ([type, fields], number) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, ...fields })}\n\n`,
  );
}

function messageEvents(words) {
  const place = { item_id: 'msg_native', output_index: 0, content_index: 0 };
  const text = words.join('');
  return [
    ['response.output_item.added', { output_index: 0, item: message('in_progress', []) }],
    ['response.content_part.added', { ...place, part: partOf('') }],
    ...words.map((delta) => ['response.output_text.delta', { ...place, delta, logprobs: [] }]),
    ['response.output_text.done', { ...place, text, logprobs: [] }],
    ['response.content_part.done', { ...place, part: partOf(text) }],
    ['response.output_item.done', { output_index: 0, item: message('completed', [partOf(text)]) }],
  ];
}

function callEvents(one, index) {
  const place = { item_id: `fc_${one.id}`, output_index: index };
  return [
    ['response.output_item.added', { output_index: index, item: call(one, 'in_progress', '') }],
    ...one.arguments.match(/.{1,8}/g).map((delta) => ['response.function_call_arguments.delta', { ...place, delta }]),
    ['response.function_call_arguments.done', { ...place, name: one.name, arguments: one.arguments }],
    ['response.output_item.done', { output_index: index, item: call(one, 'completed', one.arguments) }],
  ];
}
