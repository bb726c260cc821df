import fc from 'fast-check';
import { completionToSse } from './completion-to-sse';
import { completionToSseFrames } from './completion-to-sse-frames';
import { StreamAssembler } from './stream-assembler';

const MAX_BYTES = 10_000_000;
const INCLUDE_USAGE = { includeUsage: true };
const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };

interface Chunk {
  readonly choices: { readonly index: number; readonly delta: Record<string, unknown>; finish_reason: string | null }[];
}

const bodyOf = (choices: object[]): Buffer =>
  Buffer.from(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }));
const choiceOf = (message: object, index = 0): object => ({
  index,
  message: { role: 'assistant', ...message },
  finish_reason: 'stop',
});
const chunksOf = (frames: readonly Buffer[]): Chunk[] =>
  Buffer.concat(frames)
    .toString()
    .split('\n\n')
    .slice(0, -2)
    .map((frame) => JSON.parse(frame.slice(6)) as Chunk);
const contents = (frames: readonly Buffer[]): unknown[] =>
  chunksOf(frames).flatMap(({ choices }) => choices.map(({ delta }) => delta['content']));

function assembled(stream: Buffer): unknown {
  const assembler = new StreamAssembler(MAX_BYTES);
  assembler.push(stream);
  return JSON.parse(assembler.finish()?.toString() ?? 'null');
}

const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.lorem({ maxCount: 30 }));
const calls = fc.array(
  fc.oneof(
    fc.record({
      id: fc.uuid(),
      type: fc.constant('function'),
      function: fc.record({ name: fc.constantFrom('add', 'find'), arguments: fc.json() }),
    }),
    fc.record({
      id: fc.uuid(),
      type: fc.constant('custom'),
      custom: fc.record({ name: fc.constant('sh'), input: texts }),
    }),
  ),
  { minLength: 1, maxLength: 3 },
);
const messages = fc.record(
  {
    content: fc.option(texts),
    refusal: fc.option(texts),
    reasoning_content: texts,
    tool_calls: calls,
    function_call: fc.record({ name: fc.constant('f'), arguments: fc.json() }),
    annotations: fc.array(fc.record({ type: fc.constant('url_citation') })),
  },
  { requiredKeys: ['content'] },
);
const bodies = fc
  .array(messages, { minLength: 1, maxLength: 3 })
  .map((several) => bodyOf(several.map((message, index) => choiceOf(message, index))));

describe('a stored completion in frames', () => {
  it('amounts to what it amounts to in one piece, whatever was said', () => {
    fc.assert(
      fc.property(bodies, fc.boolean(), (body, includeUsage) => {
        const frames = completionToSseFrames(body, { includeUsage });
        const whole = assembled(completionToSse(body, { includeUsage }));
        expect(whole).not.toBeNull();
        expect(assembled(Buffer.concat(frames))).toEqual(whole);
        if (includeUsage) expect(whole).toEqual(JSON.parse(body.toString()));
      }),
    );
  });

  it('tells a text word by word, the role and the first word at once, and all that ends it in the last frame', () => {
    const frames = completionToSseFrames(bodyOf([choiceOf({ content: 'A relay passes things on.' })]), INCLUDE_USAGE);
    expect(contents(frames)).toEqual(['', 'A', ' relay', ' passes', ' things', ' on.', undefined]);
    expect(frames).toHaveLength(6);
    expect(frames[0]?.toString()).toContain('"content":"A"');
    expect(frames.slice(0, -1).join('')).not.toMatch(/finish_reason":"|\[DONE\]/);
    expect(frames.at(-1)?.toString()).toMatch(
      /"finish_reason":"stop".*\n\n.*"total_tokens":12.*\n\ndata: \[DONE\]\n\n$/,
    );
  });

  it('names a tool once, then gives its arguments bit by bit', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a": 1, "b": 2}' } };
    const frames = completionToSseFrames(bodyOf([choiceOf({ content: null, tool_calls: [call] })]), INCLUDE_USAGE);
    const told = chunksOf(frames).flatMap(({ choices }) => choices.flatMap(({ delta }) => delta['tool_calls'] ?? []));
    expect(told).toEqual([
      { index: 0, ...call, function: { name: 'add', arguments: '' } },
      ...['{"a":', ' 1,', ' "b":', ' 2}'].map((piece) => ({ index: 0, function: { arguments: piece } })),
    ]);
  });

  it('lets several choices speak in turn', () => {
    const frames = completionToSseFrames(
      bodyOf([choiceOf({ content: 'one two three' }), choiceOf({ content: 'four five' }, 1)]),
      INCLUDE_USAGE,
    );
    const order = chunksOf(frames).flatMap(({ choices }) => choices.map(({ index }) => index));
    expect(order).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0]);
  });

  it('makes longer pieces of longer texts, so that their number stays bounded', () => {
    const frames = completionToSseFrames(bodyOf([choiceOf({ content: 'word '.repeat(100_000) })]), INCLUDE_USAGE);
    expect(frames.length).toBeGreaterThan(1_500);
    expect(frames.length).toBeLessThanOrEqual(2_002);
  });

  it('is one frame where nothing was said', () => {
    expect(completionToSseFrames(bodyOf([]), { includeUsage: false }).join('')).toBe('data: [DONE]\n\n');
  });
});
