import { StreamAssembler } from '../src/chat/stream-assembler';

export const MAX_BYTES = 1_000_000;
export const base = { id: 'chatcmpl-1', object: 'chat.completion', created: 1_763_700_000, model: 'mock-small' };
export const usage = {
  prompt_tokens: 7,
  completion_tokens: 0,
  total_tokens: 7,
  prompt_tokens_details: { cached_tokens: 0 },
};
export const call = (id: string, name: string, args: string): object => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
export const token = (text: string): object => ({
  token: text,
  logprob: -0.25,
  bytes: [1],
  top_logprobs: [{ token: text, logprob: -0.25, bytes: [1] }],
});
export const choice = (message: object, rest: object = {}, index = 0): object => ({
  index,
  message: { role: 'assistant', ...message },
  finish_reason: 'stop',
  ...rest,
});

export const COMPLETIONS: Record<string, object> = {
  'plain text': {
    ...base,
    choices: [choice({ content: 'A relay passes things on.', refusal: null }, { logprobs: null })],
    usage,
  },
  'text with quotes, line ends and emoji': {
    ...base,
    choices: [choice({ content: '"a"\n\r\n\u2028 😀 data: [DONE]\n\n' })],
    usage,
  },
  'an empty answer': { ...base, choices: [choice({ content: '' })], usage },
  'a refusal': {
    ...base,
    choices: [choice({ content: null, refusal: 'No.' }, { logprobs: { content: null, refusal: [token('No')] } })],
  },
  'parallel tool calls': {
    ...base,
    choices: [
      choice(
        { content: null, tool_calls: [call('c1', 'add', '{"a":"1"}'), call('c2', 'add', '')] },
        { finish_reason: 'tool_calls' },
      ),
    ],
    usage,
  },
  'text and a custom tool call': {
    ...base,
    choices: [
      choice({
        content: 'Let me see.',
        tool_calls: [{ id: 'c1', type: 'custom', custom: { name: 'sh', input: 'ls' } }],
      }),
    ],
  },
  'a function call': {
    ...base,
    choices: [
      choice({ content: null, function_call: { name: 'f', arguments: '{}' } }, { finish_reason: 'function_call' }),
    ],
  },
  'log probabilities': {
    ...base,
    choices: [choice({ content: 'Hi' }, { logprobs: { content: [token('H'), token('i')], refusal: null } })],
    usage,
  },
  'three choices': {
    ...base,
    choices: [0, 1, 2].map((i) =>
      choice({ content: `answer ${i}` }, { finish_reason: i === 1 ? 'length' : 'stop' }, i),
    ),
    usage,
  },
  'reasoning and unknown fields': {
    ...base,
    system_fingerprint: 'fp',
    service_tier: 'default',
    citations: ['https://example.org'],
    choices: [
      choice(
        { content: 'Yes', reasoning_content: 'Think.', annotations: [], audio: null },
        { stop_reason: 5, content_filter_results: { hate: { filtered: false } } },
      ),
    ],
    usage,
  },
};

export const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

export function assembleBuffer(stream: string): Buffer | undefined {
  const assembler = new StreamAssembler(MAX_BYTES);
  assembler.push(Buffer.from(stream));
  return assembler.finish();
}

export function assemble(stream: string): unknown {
  const body = assembleBuffer(stream);
  return body && JSON.parse(body.toString());
}
