import fc from 'fast-check';
import { restoreText } from './placeholders';
import { StreamRestorer } from './stream-restorer';

const KEY = '-----BEGIN "KEY"-----\n\\é';
const table = new Map([
  ['[EMAIL_1]', 'alice@example.com'],
  ['[EMAIL_12]', 'bö@example.com'],
  ['[PRIVATE_KEY_1]', KEY],
]);

type Delta = Record<string, unknown>;
interface Choice {
  index: number;
  delta: Delta;
  finish_reason: string | null;
}

const frame = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const chunk = (...choices: Choice[]): string =>
  frame({ id: 'c1', object: 'chat.completion.chunk', created: 1, choices });
const says = (content: string, index = 0): string => chunk({ index, delta: { content }, finish_reason: null });
const finish = (index = 0): string => chunk({ index, delta: {}, finish_reason: 'stop' });
const DONE = 'data: [DONE]\n\n';

/** Sends the frames one by one; gives what came out for each, and at the end. */
function restored(frames: readonly (string | Buffer)[], jsonContent = false): string[] {
  const restorer = new StreamRestorer(table, { jsonContent });
  const out = frames.map((bytes) => restorer.push(Buffer.from(bytes as string)).toString());
  return [...out, restorer.end(Buffer.alloc(0)).toString()];
}

/** The texts of a stream by choice and field, as a client gathers them. */
function gathered(stream: string): Record<string, string> {
  const texts: Record<string, string> = {};
  const add = (id: string, piece: unknown): void => {
    if (typeof piece === 'string') texts[id] = (texts[id] ?? '') + piece;
  };
  for (const line of stream.split('\n').filter((text) => text.startsWith('data: {'))) {
    for (const { index, delta } of (JSON.parse(line.slice(6)) as { choices: Choice[] }).choices) {
      for (const field of ['content', 'refusal', 'reasoning_content']) add(`${index}.${field}`, delta[field]);
      const calls = (delta['tool_calls'] ?? []) as { index: number; function?: Delta; custom?: Delta }[];
      for (const call of calls) add(`${index}.${call.index}`, call.function?.['arguments'] ?? call.custom?.['input']);
    }
  }
  return texts;
}

describe('restoring a stream', () => {
  it('puts an original in where its placeholder comes in one piece, and adds no frame', () => {
    const [first, ...rest] = restored([says('To [EMAIL_1]!'), finish(), DONE]);
    expect(first).toBe(says('To alice@example.com!'));
    expect(rest).toEqual([finish(), DONE, '']);
  });

  it('passes frames without a part of a placeholder as the bytes they came in', () => {
    const frames = [
      ': ping\n\n',
      'event: x\nid: 7\ndata: {"choices" : [ {"index":0,"delta":{"content":"a [b] é"},"logprobs":null} ],"n":1.0}\n\n',
      'data: {"choices":[{"index":0,"delta":{"content":"[E-mail] [EMAIL_3] ["}}],"n":1.0}\r\n\r\n',
      'data: not JSON [EMAIL_1]\n\n',
      'data: {"choices":[{"index":0,"delta":{"content":" x"}}]}\n\n',
      'data: {"choices":[],"usage":{"prompt_tokens":1.0}}\n\n',
    ];
    const out = restored(frames);
    expect(out.filter((_, i) => i !== 2 && i !== 4)).toEqual([...frames.filter((_, i) => i !== 2 && i !== 4), '']);
    expect(gathered(out.join(''))).toEqual({ '0.content': 'a [b] é[E-mail] [EMAIL_3] [ x' });
  });

  it('holds back only what could still become a placeholder of the table', () => {
    const said = (...pieces: string[]): string[] =>
      restored(pieces.map((piece) => says(piece))).map((out) => gathered(out)['0.content'] ?? '');
    expect(said('a [', 'b]')).toEqual(['a ', '[b]', '']);
    expect(said('a [EMAIL_', '3')).toEqual(['a ', '[EMAIL_3', '']);
    expect(said('a [EMAIL_1', '2', ']')).toEqual(['a ', '', 'bö@example.com', '']);
    expect(said('a [PHONE', '_1]')).toEqual(['a [PHONE', '_1]', '']);
    expect(said('[EMAIL_1', '[EMAIL_1', ']')).toEqual(['', '[EMAIL_1', 'alice@example.com', '']);
    expect(said('[EMAIL_1][EM', 'AIL_1]')).toEqual(['alice@example.com', 'alice@example.com', '']);
  });

  it('keeps lines of a frame that are no data, and its line ends', () => {
    const crlf =
      'id: 1\r\ndata: {"choices":[{"index":0,\r\ndata: "delta":{"content":"[EMAIL_1]"}}]}\r\nevent: m\r\n\r\n';
    const data = '{"choices":[{"index":0,"delta":{"content":"alice@example.com"}}]}';
    expect(restored([crlf])[0]).toBe(`id: 1\r\ndata: ${data}\r\nevent: m\r\n\r\n`);
  });

  it.each([
    ['its choice finishes', finish()],
    ['the stream is done', DONE],
    ['an error ends the stream', '\n\nevent: error\ndata: {"error":{"message":"broke off"}}\n\n'],
  ])('hands on what it holds when %s, before that frame', (_name, ending) => {
    const out = restored([says('a [EMA'), ending]).join('');
    expect(out).toBe(
      says('a ') + (ending.startsWith('\n\n') ? '\n\n' : '') + says('[EMA') + ending.replace(/^\n\n/, ''),
    );
  });

  it('hands on what it holds when the stream just ends', () => {
    expect(restored([says('a [EMA')])).toEqual([says('a '), says('[EMA')]);
  });

  it('holds nothing back in the piece that finishes the choice', () => {
    const last = chunk({ index: 0, delta: { content: 'AIL_1] [EM' }, finish_reason: 'length' });
    const out = restored([says('[EM'), last]).join('');
    expect(gathered(out)).toEqual({ '0.content': 'alice@example.com [EM' });
  });

  it('escapes originals in the arguments of tool calls, and in content asked for as JSON', () => {
    const call = (piece: string): string =>
      chunk({ index: 0, delta: { tool_calls: [{ index: 1, function: { arguments: piece } }] }, finish_reason: null });
    const calls = gathered(restored([call('{"k":"[PRIV'), call('ATE_KEY_1]"}'), finish()]).join(''));
    expect(JSON.parse(calls['0.1'] ?? '')).toEqual({ k: KEY });
    const content = gathered(restored([says('{"k":"[PRIVATE_KEY_'), says('1]"}'), finish()], true).join(''));
    expect(JSON.parse(content['0.content'] ?? '')).toEqual({ k: KEY });
    expect(gathered(restored([says('[PRIVATE_KEY_1]')]).join(''))).toEqual({ '0.content': KEY });
  });

  it('passes a frame too long to keep as it is, in pieces, and goes on behind it', () => {
    const long = says('x'.repeat(1_200_000));
    const out = restored([long.slice(0, 1_100_000), long.slice(1_100_000), says('[EMAIL_1]')]);
    expect(out.join('')).toBe(long + says('alice@example.com'));
    expect(out[0]?.length).toBe(1_100_000);
  });

  const piece = fc.constantFrom('[', 'EMAIL_1', '2', ']', '[EMAIL_1]', '[EMAIL', '_', '[PRIVATE_KEY_1]', 'é', ' ', '');
  const field = fc.constantFrom('content', 'refusal', 'reasoning_content', 'call-0', 'call-1', 'custom-2');
  const step = fc.record({ index: fc.integer({ min: 0, max: 2 }), field, piece });

  it('gives every text as if it had come whole, however texts are torn, mixed and cut by the network', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(fc.nat(400), { maxLength: 20 }), (steps, cuts) => {
        const frames = steps.map(({ index, field: of, piece: text }) => {
          const [kind, call] = of.split('-');
          const named = kind === 'custom' ? { custom: { input: text } } : { function: { arguments: text } };
          const delta = call === undefined ? { [of]: text } : { tool_calls: [{ index: Number(call), ...named }] };
          return chunk({ index, delta, finish_reason: null });
        });
        const stream = Buffer.from(frames.join('') + finish(0) + finish(1) + DONE);
        const restorer = new StreamRestorer(table, { jsonContent: false });
        let out = '';
        let at = 0;
        for (const cut of cuts) out += restorer.push(stream.subarray(at, (at += cut))).toString('latin1');
        out += restorer.end(stream.subarray(at)).toString('latin1');
        const got = gathered(Buffer.from(out, 'latin1').toString());
        for (const [id, text] of Object.entries(gathered(stream.toString()))) {
          const isArguments = /^\d\.[01]$/.test(id);
          const escape = (original: string): string => JSON.stringify(original).slice(1, -1);
          expect(got[id]).toBe(restoreText(text, table, isArguments ? escape : undefined));
        }
        expect(out.endsWith(DONE)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('puts them back into older completions, whose choices are texts', () => {
    const said = (text: string, end: string | null = null): string =>
      frame({ id: 'c1', object: 'text_completion', choices: [{ text, index: 0, logprobs: null, finish_reason: end }] });
    const stream = restored([said('Write to [EMA'), said('IL_1] or [EMAIL'), said('', 'stop'), DONE]).join('');
    const texts = [...stream.matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text).join('');
    expect(texts).toBe('Write to alice@example.com or [EMAIL');
    expect(stream.endsWith(DONE)).toBe(true);
  });
});
