import { assemble, assembleBuffer, base, call, COMPLETIONS, json, MAX_BYTES, usage } from '../../test/chat-fixtures';
import { completionToSse } from './completion-to-sse';
import { StreamAssembler } from './stream-assembler';

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

const messageOf = (...deltas: object[]): unknown => {
  const completion = assemble(sse(...deltas.map((content) => chunkOf(delta(content))), chunkOf(stop)));
  return (completion as { choices: { message: unknown }[] } | undefined)?.choices[0]?.message;
};

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

  it.each([
    ['the delta', '{"delta":{"content":"x","__proto__":{"polluted":1}},"finish_reason":"stop"}'],
    [
      'an object of the delta',
      '{"delta":{"content":"x","a":{"b":1}}},{"delta":{"a":{"__proto__":{"polluted":1}}},"finish_reason":"stop"}',
    ],
    [
      'an item of the delta',
      '{"delta":{"content":"x","l":[{"index":0},{"index":0,"__proto__":{"polluted":1}}]},"finish_reason":"stop"}',
    ],
    [
      'logprobs',
      '{"delta":{"content":"x"},"logprobs":{}},{"logprobs":{"__proto__":{"polluted":1}},"finish_reason":"stop"}',
    ],
    [
      'the choice',
      '{"delta":{"content":"x"},"__proto__":{"polluted":1}},{"delta":{},"__proto__":{"polluted":1},"finish_reason":"stop"}',
    ],
  ])('leaves other objects as they are when %s has a field named __proto__', (_where, choices) => {
    const chunk = `"__proto__":{"polluted":1},"choices":[${choices}]`;
    const completion = assemble(`data: {${chunk}}\n\ndata: [DONE]\n\n`);
    const { polluted } = {} as { polluted?: number };
    delete (Object.prototype as { polluted?: number }).polluted;
    expect(polluted).toBeUndefined();
    expect(completion).toMatchObject({ choices: [{ message: { content: 'x' }, finish_reason: 'stop' }] });
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
