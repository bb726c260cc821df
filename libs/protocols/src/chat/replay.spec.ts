import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { completionToSse } from './completion-to-sse';
import { StreamAssembler } from './stream-assembler';

const MAX_BYTES = 1_000_000;
const base = { id: 'chatcmpl-1', object: 'chat.completion', created: 1_763_700_000, model: 'mock-small' };
const usage = {
  prompt_tokens: 7,
  completion_tokens: 0,
  total_tokens: 7,
  prompt_tokens_details: { cached_tokens: 0 },
};
const call = (id: string, name: string, args: string): object => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
const token = (text: string): object => ({
  token: text,
  logprob: -0.25,
  bytes: [1],
  top_logprobs: [{ token: text, logprob: -0.25, bytes: [1] }],
});
const choice = (message: object, rest: object = {}, index = 0): object => ({
  index,
  message: { role: 'assistant', ...message },
  finish_reason: 'stop',
  ...rest,
});

const COMPLETIONS: Record<string, object> = {
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

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
const sse = (...chunks: object[]): string =>
  [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), 'data: [DONE]\n\n'].join('');
const chunkOf = (...choices: object[]): object => ({ ...base, object: 'chat.completion.chunk', choices });
const delta = (content: object, rest: object = {}): object => ({
  index: 0,
  delta: content,
  finish_reason: null,
  ...rest,
});
const stop = delta({}, { finish_reason: 'stop' });

function assembleBuffer(stream: string): Buffer | undefined {
  const assembler = new StreamAssembler(MAX_BYTES);
  assembler.push(Buffer.from(stream));
  return assembler.finish();
}

function assemble(stream: string): unknown {
  const body = assembleBuffer(stream);
  return body && JSON.parse(body.toString());
}

const messageOf = (...deltas: object[]): unknown => {
  const completion = assemble(sse(...deltas.map((content) => chunkOf(delta(content))), chunkOf(stop)));
  return (completion as { choices: { message: unknown }[] } | undefined)?.choices[0]?.message;
};

describe('a stored completion as a stream', () => {
  it.each(Object.entries(COMPLETIONS))('comes back whole from its own stream: %s', (_name, completion) => {
    expect(assemble(completionToSse(json(completion), { includeUsage: true }).toString())).toEqual(completion);
  });

  it('has no usage unless asked, and exactly one [DONE]', () => {
    const { usage: _usage, ...withoutUsage } = { usage, ...COMPLETIONS['plain text'] };
    const stream = completionToSse(json(COMPLETIONS['plain text'] ?? {}), { includeUsage: false }).toString();
    expect(assemble(stream)).toEqual(withoutUsage);
    expect(stream).not.toContain('usage');
    expect(stream.split('[DONE]')).toHaveLength(2);
  });

  it('has its usage in a last chunk without choices, null before', () => {
    const stream = completionToSse(json(COMPLETIONS['plain text'] ?? {}), { includeUsage: true }).toString();
    const chunks = stream
      .split('\n\n')
      .slice(0, -2)
      .map((frame) => JSON.parse(frame.slice(6)) as { choices: unknown[]; usage: unknown });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
    expect(chunks.slice(0, -1).every((chunk) => chunk.choices.length === 1 && chunk.usage === null)).toBe(true);
  });

  it('is understood by the official client', async () => {
    const completion = { ...COMPLETIONS['parallel tool calls'] };
    const server = createServer((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end(completionToSse(json(completion), { includeUsage: true }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
      const client = new OpenAI({ baseURL, apiKey: 'test', maxRetries: 0 });
      const final = await client.chat.completions
        .stream({ model: 'm', messages: [{ role: 'user', content: 'q' }], stream_options: { include_usage: true } })
        .finalChatCompletion();
      expect(final).toMatchObject({ id: base.id, usage });
      expect(final.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
      expect(final.choices[0]?.message.tool_calls).toMatchObject([
        call('c1', 'add', '{"a":"1"}'),
        call('c2', 'add', ''),
      ]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('a stream made into a completion', () => {
  it('does not depend on how the frames were handed over or on line ends', () => {
    const stream = completionToSse(json(COMPLETIONS['text with quotes, line ends and emoji'] ?? {}), {
      includeUsage: true,
    }).toString();
    const whole = assemble(stream);
    for (const text of [
      stream,
      stream.replaceAll('\n', '\r\n'),
      stream.replaceAll('\n', '\r'),
      `\ufeff: ping\n\n${stream.replace(/^data: /gm, 'id: 1\ndata:')}`,
    ]) {
      const assembler = new StreamAssembler(MAX_BYTES);
      const bytes = Buffer.from(text);
      for (let i = 0; i < bytes.length; i += 7) assembler.push(bytes.subarray(i, i + 7));
      expect(JSON.parse(assembler.finish()?.toString() ?? 'null')).toEqual(whole);
    }
    expect(whole).toEqual(COMPLETIONS['text with quotes, line ends and emoji']);
  });

  it('joins data of several lines', () => {
    const [first, ...rest] = sse(chunkOf(delta({ content: 'x' })), chunkOf(stop)).split(',');
    expect(assemble([`${first},`, rest.join(',')].join('\ndata: '))).toMatchObject({
      choices: [{ message: { content: 'x' } }],
    });
  });

  it('joins interleaved choices, text, refusal and reasoning', () => {
    const piece = (index: number, content: object, reason: string | null = null): object => ({
      index,
      delta: content,
      finish_reason: reason,
    });
    const stream = sse(
      chunkOf(piece(1, { role: 'assistant', content: '' }), piece(0, { role: 'assistant', content: null })),
      chunkOf(piece(0, { reasoning: 'hm' })),
      chunkOf(piece(1, { content: 'b' })),
      chunkOf(piece(0, { reasoning: 'm', refusal: 'n' })),
      chunkOf(piece(1, { content: 'b' }, 'length')),
      chunkOf(piece(0, { refusal: 'o' }, 'stop')),
    );
    expect(assemble(stream)).toMatchObject({
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: null, reasoning: 'hmm', refusal: 'no' },
          finish_reason: 'stop',
        },
        { index: 1, message: { role: 'assistant', content: 'bb' }, finish_reason: 'length' },
      ],
    });
  });

  it('keeps the pieces of parallel tool calls apart, to the last byte', () => {
    const part = (index: number, args: string, start: object = {}): object => ({
      index,
      ...start,
      function: { arguments: args, ...('id' in start ? { name: 'f' } : {}) },
    });
    const message = messageOf(
      { role: 'assistant', tool_calls: [part(0, '', { id: 'a', type: 'function' }), part(0, '{"x"')] },
      { tool_calls: [part(1, '{', { id: 'b', type: 'function' })] },
      { tool_calls: [part(0, ':1}'), part(1, '}')] },
    );
    expect(message).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'f', '{}')],
    });
  });

  it.each([
    ['all with index 0', { index: 0 }],
    ['without an index', {}],
  ])('tells tool calls apart by id when they come %s', (_name, place) => {
    const start = (id: string, args: string): object => ({ ...place, ...call(id, 'f', args) });
    const message = messageOf(
      { tool_calls: [start('a', '1'), start('b', '2')] },
      { tool_calls: [{ ...place, function: { arguments: '3' } }] },
    );
    expect(message).toMatchObject({ tool_calls: [call('a', 'f', '1'), call('b', 'f', '23')] });
  });

  it('takes what the first chunk leaves empty from a later one', () => {
    const azure = {
      id: '',
      object: '',
      created: 0,
      model: '',
      prompt_filter_results: [{ prompt_index: 0 }],
      choices: [],
    };
    const completion = assemble(
      sse(azure, { ...chunkOf(delta({ content: 'x' })), obfuscation: 'abc' }, { ...chunkOf(stop), id: 'other' }),
    );
    expect(completion).toMatchObject({ ...base, prompt_filter_results: [{ prompt_index: 0 }] });
    expect(completion).not.toHaveProperty('obfuscation');
  });

  it('adds usage known from elsewhere only where the stream has none', () => {
    const known = { inputTokens: 5, cachedInputTokens: 2, outputTokens: 3, reasoningTokens: 1 };
    const finish = (stream: string): unknown => {
      const assembler = new StreamAssembler(MAX_BYTES);
      assembler.push(Buffer.from(stream));
      return JSON.parse(assembler.finish(known)?.toString() ?? 'null');
    };
    expect(finish(sse(chunkOf(stop)))).toMatchObject({
      usage: {
        prompt_tokens: 5,
        completion_tokens: 3,
        total_tokens: 8,
        prompt_tokens_details: { cached_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    });
    expect(finish(sse(chunkOf(stop), { ...chunkOf(), usage }))).toMatchObject({ usage });
  });

  const text = chunkOf(delta({ content: 'x' }));
  it.each([
    ['is empty', ''],
    ['has no [DONE]', sse(text, chunkOf(stop)).replace('data: [DONE]\n\n', '')],
    ['is cut inside [DONE]', sse(text, chunkOf(stop)).slice(0, -3)],
    [
      'has a choice without its end',
      sse(chunkOf(stop), chunkOf({ index: 1, delta: { content: 'x' }, finish_reason: null })),
    ],
    ['has no choice', sse(chunkOf())],
    ['has a malformed chunk', `data: {"choices":[\n\n${sse(text, chunkOf(stop))}`],
    ['has a chunk that is no object', `data: 1\n\n${sse(text, chunkOf(stop))}`],
    ['has an error chunk', sse(text, { error: { message: 'overloaded' } }, chunkOf(stop))],
    ['has an error event', `event: error\ndata: {}\n\n${sse(text, chunkOf(stop))}`],
    ['changes the type of a field', sse(text, chunkOf(delta({ content: ['y'] })), chunkOf(stop))],
  ])('is not made when it %s', (_name, stream) => {
    expect(assembleBuffer(stream)).toBeUndefined();
  });

  it('is not made when it is larger than allowed', () => {
    const stream = Buffer.from(sse(text, chunkOf(stop)));
    const assembler = new StreamAssembler(stream.length - 1);
    assembler.push(stream.subarray(0, 10));
    assembler.push(stream.subarray(10));
    expect(assembler.finish()).toBeUndefined();
  });
});
