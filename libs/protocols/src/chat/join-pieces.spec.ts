import { assembleCompletion } from './assemble-completion';
import { joinPieces } from './join-pieces';

const chunkOf = (choice: object, rest: object = {}): string =>
  JSON.stringify({ id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice], ...rest });
const said = (delta: object, rest: object = {}): string => chunkOf({ index: 0, delta, finish_reason: null, ...rest });
const END = chunkOf({ index: 0, delta: {}, finish_reason: 'stop' });

const assembled = (payloads: readonly string[]): unknown =>
  assembleCompletion(payloads.map((payload) => JSON.parse(payload) as unknown));

const TEXTS = [
  'a',
  '',
  ' "quoted" \\',
  '\n\t',
  'é',
  '\ud83d',
  '\ude00',
  '"},"finish_reason":"',
  'a"},{"delta":{',
  '\\u00',
];
const token = (text: string): object => ({ logprobs: { content: [{ token: text, logprob: -1 }] } });
const call = (text: string): object => ({ tool_calls: [{ index: 0, function: { arguments: text } }] });

/** How each text may come. */
const SHAPES: Record<string, (text: string) => string> = {
  content: (text) => said({ content: text }),
  'content, with the role each time': (text) => said({ role: 'assistant', content: text }),
  'content, with what is null': (text) => said({ refusal: null, content: text, reasoning: null }, { logprobs: null }),
  reasoning: (text) => said({ content: null, reasoning_content: text }),
  'content of the second choice': (text) => chunkOf({ index: 1, delta: { content: text }, finish_reason: 'stop' }),
  'two choices at once': (text) =>
    JSON.stringify({
      choices: [
        { index: 0, delta: { content: text } },
        { index: 1, delta: { content: 'b' } },
      ],
    }),
  'content with likelihoods': (text) => said({ content: text }, token(text)),
  'content with the same likelihoods each time': (text) => said({ content: text }, token('same')),
  'content and a call': (text) => said({ content: text, ...call('same') }),
  'content and a refusal': (text) => said({ content: text, refusal: 'same' }),
  'content behind a refusal': (text) => said({ refusal: 'same', content: text }),
  'padded content': (text) =>
    chunkOf({ index: 0, delta: { content: text } }, { obfuscation: 'x1y'.slice(text.length % 3) }),
  'calls of tools': (text) => said(call(text)),
  'content that a chunk also quotes': (text) => said({ content: text }, { note: said({ content: text }) }),
};

describe('chunks that differ in their text alone', () => {
  it.each(Object.entries(SHAPES))('make the same answer when they are joined: %s', (_name, shape) => {
    for (const other of Object.values(SHAPES)) {
      const payloads = [...TEXTS.map(shape), ...TEXTS.map(other), ...TEXTS.map(shape), END];
      expect(assembled(joinPieces(payloads))).toEqual(assembled(payloads));
    }
  });

  it('become one chunk', () => {
    for (const name of ['content', 'content, with what is null', 'reasoning', 'padded content']) {
      const payloads = TEXTS.map((text) => SHAPES[name]?.(text) ?? '');
      expect(joinPieces([...payloads, END])).toHaveLength(2);
    }
  });

  it('stay apart where something else adds up', () => {
    for (const name of ['two choices at once', 'content with the same likelihoods each time', 'content and a call']) {
      const payloads = TEXTS.map((text) => SHAPES[name]?.(text) ?? '');
      expect(joinPieces(payloads)).toHaveLength(TEXTS.length);
    }
  });

  it('do not become sound by being joined', () => {
    const [before, after] = said({ content: '|' }).split('|');
    for (const [one, two] of [
      ['a\\u12', '34'],
      ['a\\', '"b'],
      ['a\\', '\\b'],
    ])
      expect(joinPieces([`${before}${one}${after}`, `${before}${two}${after}`])).toHaveLength(2);
  });
});
