import { openaiDialect } from '../chat/chat-dialect';
import type { JsonObject } from '../json/json-object';
import { StreamSniffer } from '../stream-sniffer';
import { completionsProtocol as protocol } from './completions.protocol';

const MAX_BYTES = 100_000;
const frame = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const SHARED = { id: 'cmpl-1', object: 'text_completion', created: 7, model: 'davinci' };
const chunk = (text: string, end: string | null = null, index = 0, logprobs: unknown = null): string =>
  frame({ ...SHARED, choices: [{ text, index, logprobs, finish_reason: end }] });
const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
const USAGE_FRAME = frame({ ...SHARED, choices: [], usage: USAGE });
const DONE = frame('[DONE]');

const asked = (fields: object = {}): JsonObject => ({ model: 'm', prompt: 'Say hello', ...fields });
const asChat = (fields: object): JsonObject => {
  const chat = protocol.toChat(asked(fields));
  if (!chat.ok) throw chat.error;
  return chat.value;
};
const assembled = (...frames: string[]): JsonObject | null => {
  const assembler = protocol.assembler(MAX_BYTES);
  for (const each of frames) assembler.push(Buffer.from(each));
  const whole = assembler.finish();
  return whole ? (JSON.parse(whole.toString()) as JsonObject) : null;
};

describe('an older completion', () => {
  it.each([
    ['a text', 'Hi'],
    ['texts', ['Hi', 'Ho']],
    ['tokens', [1, 2]],
    ['lists of tokens', [[1, 2], [3]]],
  ])('may continue %s', (_what, prompt) => {
    expect(protocol.schema.safeParse(asked({ prompt })).success).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['an empty list', []],
    ['a list of all sorts', ['Hi', 1]],
    ['half a token', [1.5]],
    ['an empty list of tokens', [[1], []]],
    ['an object', { text: 'Hi' }],
  ])('may not continue %s', (_what, prompt) => {
    expect(protocol.schema.safeParse(asked({ prompt })).error?.issues[0]?.path).toEqual(['prompt']);
  });

  it('is read as what a user says, with what chat calls the same', () => {
    expect(asChat({ temperature: 0, stop: ['\n'], max_tokens: 9, stream: true })).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'Say hello' }],
      temperature: 0,
      stop: ['\n'],
      max_tokens: 9,
      stream: true,
    });
  });

  it('counts every answer that is written, and tokens as they are', () => {
    expect(asChat({ prompt: ['a', 'b'], n: 2, best_of: 3 })).toMatchObject({ n: 6 });
    expect(asChat({ prompt: [[1, 2], [3]] })['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'tokens', tokens: [1, 2] },
          { type: 'tokens', tokens: [3] },
        ],
      },
    ]);
  });

  it.each([
    ['prompt', { prompt: ['a', 'b'] }],
    ['prompt', { prompt: [1, 2] }],
    ['suffix', { suffix: '.' }],
    ['echo', { echo: true }],
    ['logprobs', { logprobs: 0 }],
    ['best_of', { best_of: 2 }],
  ])('cannot be told in chat for its %s', (param, fields) => {
    expect(protocol.untranslatable?.(asked(fields))).toMatchObject({ code: 'invalid_request', param });
  });

  it('can be told in chat where it says nothing of its own', () => {
    const plain = { prompt: ['one'], suffix: null, echo: false, best_of: 2, n: 2, user: 'u' };
    expect(protocol.untranslatable?.(asked(plain))).toBeNull();
  });
});

describe('the stream of an older completion', () => {
  it('passes as it came, and is understood: content, usage, end', () => {
    const sniffer = new StreamSniffer({ grammar: protocol.grammar(openaiDialect), keepUsageFrame: false });
    expect(sniffer.push(Buffer.from(chunk('')))).toBeNull();
    expect(sniffer.push(Buffer.from(chunk('Hel')))?.toString()).toBe(chunk('') + chunk('Hel'));
    expect(sniffer.push(Buffer.from(chunk('lo', 'length')))?.toString()).toBe(chunk('lo', 'length'));
    expect(sniffer.push(Buffer.from(USAGE_FRAME + DONE))).toBeNull();
    expect(sniffer).toMatchObject({ finishReason: 'length', done: true, usage: { inputTokens: 5, outputTokens: 2 } });
    expect(sniffer.tail.toString()).toBe(DONE);
  });

  it('amounts to the whole answer, choices in their order, log probabilities one behind the other', () => {
    const probs = (token: string): object => ({ tokens: [token], token_logprobs: [-1], text_offset: [0] });
    const whole = assembled(
      chunk('B', null, 1),
      chunk('Hel', null, 0, probs('Hel')),
      chunk('lo', 'stop', 0, probs('lo')),
      chunk('', 'length', 1),
      USAGE_FRAME,
      DONE,
    );
    expect(whole).toEqual({
      ...SHARED,
      choices: [
        {
          text: 'Hello',
          index: 0,
          logprobs: { tokens: ['Hel', 'lo'], token_logprobs: [-1, -1], text_offset: [0, 0] },
          finish_reason: 'stop',
        },
        { text: 'B', index: 1, logprobs: null, finish_reason: 'length' },
      ],
      usage: USAGE,
    });
  });

  it.each([
    ['without its end', [chunk('a', 'stop')]],
    ['with a choice that has none', [chunk('a', 'stop'), chunk('b', null, 1), DONE]],
    ['with an error', [chunk('a', 'stop'), frame({ error: { message: 'x' } }), DONE]],
    ['with nothing', [DONE]],
  ])('%s amounts to none', (_what, frames) => {
    expect(assembled(...frames)).toBeNull();
  });

  it('tells what was said so far when it is cut', () => {
    const assembler = protocol.assembler(MAX_BYTES);
    for (const each of [chunk('Hel'), chunk('lo')]) assembler.push(Buffer.from(each));
    expect(assembler.said()).toBe('Hello');
  });

  it.each([true, false])('can be made of a stored answer, and says the same again (in pieces: %s)', (inPieces) => {
    const answer = assembled(chunk('One two three', 'stop'), chunk('Four', 'length', 1), USAGE_FRAME, DONE);
    const body = Buffer.from(JSON.stringify(answer));
    const frames = protocol.replay(body, asked({ stream_options: { include_usage: true } }), inPieces).map(String);
    expect(assembled(...frames)).toEqual(answer);
    expect(assembled(...frames.slice(0, -1))).toBeNull();
    expect(frames.length > 2).toBe(inPieces);
    const untold = protocol.replay(body, asked(), inPieces).join('');
    expect(untold).not.toContain('usage');
  });
});

describe('an answer of chat, told as an older completion', () => {
  const translation = protocol.fromChat;
  if (!translation) throw new Error('it cannot be told');
  const chatChunk = (delta: object, end: string | null = null): string =>
    frame({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 7,
      model: 'x',
      choices: [{ index: 0, delta, finish_reason: end }],
    });

  it('is what was said, not what was thought', () => {
    const choice = (message: object) => ({
      index: 0,
      message: { role: 'assistant', ...message },
      finish_reason: 'stop',
    });
    const chat = {
      id: 'c',
      object: 'chat.completion',
      usage: USAGE,
      choices: [choice({ content: 'Hi', reasoning_content: 'Hm' })],
    };
    expect(translation.answer(chat, asked())).toEqual({
      id: 'c',
      object: 'text_completion',
      usage: USAGE,
      choices: [{ text: 'Hi', index: 0, logprobs: null, finish_reason: 'stop' }],
    });
    expect(translation.answer({ choices: [choice({ content: null, refusal: 'No.' })] }, asked())).toMatchObject({
      choices: [{ text: 'No.' }],
    });
  });

  it.each([true, false])('streams the same, with usage only if asked for (%s)', (includeUsage) => {
    const stream = translation.stream(asked({ stream_options: { include_usage: includeUsage } }));
    const pushed = [
      chatChunk({ role: 'assistant', content: '' }),
      chatChunk({ reasoning_content: 'Hm' }),
      chatChunk({ content: 'Hi' }),
    ].map((each) => stream.push(Buffer.from(each)).toString());
    expect(pushed.slice(0, 2)).toEqual(['', '']);
    const usage = frame({ id: 'c', object: 'chat.completion.chunk', choices: [], usage: USAGE });
    const tail = stream.end(Buffer.from(chatChunk({}, 'stop') + usage + DONE)).toString();
    const whole = assembled(...pushed, tail);
    expect(whole).toMatchObject({ object: 'text_completion', choices: [{ text: 'Hi', finish_reason: 'stop' }] });
    expect(whole?.['usage']).toEqual(includeUsage ? USAGE : undefined);
  });

  it('streams a chunk whole that comes in pieces, and ends once', () => {
    const stream = translation.stream(asked({}));
    const long = Buffer.from(chatChunk({ content: 'ä'.repeat(50_000) }));
    const pieces = [long.subarray(0, 70_001), long.subarray(70_001), Buffer.from(chatChunk({}, 'stop') + DONE + DONE)];
    const told = pieces.map((piece) => stream.push(piece).toString()).join('') + stream.end(Buffer.alloc(0)).toString();
    expect(told).toContain(`"text":"${'ä'.repeat(50_000)}"`);
    expect(told.split('[DONE]')).toHaveLength(2);
  });
});
