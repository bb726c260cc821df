import { deltaFrame, doneFrame, frame, usageFrame } from '@relay/testing';
import fc from 'fast-check';
import { cutAt } from '../../test/message-fixtures';
import { StreamAssembler } from '../chat/stream-assembler';
import { jsonObjects, type JsonObject, parseObject } from '../json/json-object';
import { readSseData } from '../sse/sse-data';
import { ChatToEvents } from './chat-to-events';
import { chatToMessage } from './chat-to-message';
import { MessageAssembler } from './message-assembler';

const MAX_BYTES = 4_194_304;
const THINKS = { model: 'm', thinking: { type: 'enabled', budget_tokens: 2_000 } };

function translated(frames: readonly (string | Buffer)[], asked: JsonObject = THINKS): Buffer {
  const translator = new ChatToEvents(asked);
  const bytes = frames.map((each) => translator.push(Buffer.from(each)));
  return Buffer.concat([...bytes, translator.end(Buffer.alloc(0))]);
}

const eventsOf = (bytes: Buffer): JsonObject[] =>
  readSseData(bytes.toString()).payloads.map((data) => parseObject(data) ?? {});

function messageOf(bytes: Buffer): JsonObject {
  const assembler = new MessageAssembler(MAX_BYTES);
  assembler.push(bytes);
  return parseObject(assembler.finish()?.toString() ?? '') ?? {};
}

const callFrame = (...calls: JsonObject[]): string => deltaFrame({ tool_calls: calls });
const call = (index: number, name: string, given = ''): JsonObject => ({
  index,
  id: `call_${index}`,
  type: 'function',
  function: { name, arguments: given },
});
const args = (index: number, given: string): JsonObject => ({ index, function: { arguments: given } });

/** An answer in the pieces of a stream, calls told in turn. */
const anyAnswer = fc.record({
  reasoning: fc.array(fc.string({ unit: 'grapheme', maxLength: 9 }), { maxLength: 3 }),
  words: fc.array(fc.string({ unit: 'grapheme', maxLength: 9 }), { maxLength: 4 }),
  calls: fc.array(
    fc.dictionary(
      fc.string({ minLength: 1, maxLength: 5 }).filter((key) => key !== '__proto__'),
      fc.string(),
    ),
    { maxLength: 4 },
  ),
  pieceChars: fc.integer({ min: 1, max: 9 }),
  inTurn: fc.boolean(),
});

function framesOf({
  reasoning,
  words,
  calls,
  pieceChars,
  inTurn,
}: typeof anyAnswer extends fc.Arbitrary<infer T> ? T : never): string[] {
  const pieces = calls.map((input, index) => {
    const cut = JSON.stringify(input).match(new RegExp(`[^]{1,${pieceChars}}`, 'g')) ?? [];
    return [callFrame(call(index, 'f')), ...cut.map((piece) => callFrame(args(index, piece)))];
  });
  const longest = Math.max(0, ...pieces.map((each) => each.length));
  const told = inTurn
    ? Array.from({ length: longest }, (_, at) => pieces.flatMap((each) => each.slice(at, at + 1))).flat()
    : pieces.flat();
  return [
    deltaFrame({ role: 'assistant', content: '' }),
    ...reasoning.map((piece) => deltaFrame({ reasoning_content: piece })),
    ...words.map((piece) => deltaFrame({ content: piece })),
    ...told,
    deltaFrame({}, calls.length > 0 ? 'tool_calls' : 'stop'),
    usageFrame({ prompt: 30, completion: 7, cached: 10 }),
    doneFrame(),
  ];
}

describe('a stream of chat as a message', () => {
  it('says what the whole answer would have said, however it is cut, calls told in turn or not', () => {
    fc.assert(
      fc.property(anyAnswer, fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 20 }), (answer, sizes) => {
        const bytes = Buffer.from(framesOf(answer).join(''));
        const whole = new StreamAssembler(MAX_BYTES);
        whole.push(bytes);
        const chat = parseObject(whole.finish()?.toString() ?? '') ?? {};
        expect(messageOf(translated(cutAt(bytes, sizes)))).toEqual(chatToMessage(chat, THINKS));
      }),
    );
  });

  it('tells one block after the other: each is closed before the next begins', () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        let open: unknown = null;
        let next = 0;
        for (const event of eventsOf(translated(framesOf(answer)))) {
          if (event['type'] === 'content_block_start') {
            expect([open, event['index']]).toEqual([null, next++]);
            open = event['index'];
          } else if (event['type'] === 'content_block_delta') expect(event['index']).toBe(open);
          else if (event['type'] === 'content_block_stop') {
            expect(event['index']).toBe(open);
            open = null;
          }
        }
        expect(open).toBeNull();
      }),
    );
  });

  it('tells each piece in the tick in which it came', () => {
    const translator = new ChatToEvents(THINKS);
    const texts = ['Hel', 'lo'].map((content) => translator.push(Buffer.from(deltaFrame({ content }))).toString());
    expect(texts[0]).toContain('message_start');
    expect(texts[0]).toContain('"text":"Hel"');
    expect(texts[1]).toContain('"text":"lo"');
    const pieces = [
      callFrame(call(0, 'f')),
      callFrame(args(0, '{"a":')),
      callFrame(args(0, '1}')),
      callFrame(call(1, 'g')),
    ];
    const told = pieces.map((piece) => eventsOf(translator.push(Buffer.from(piece))).map(({ type }) => type));
    expect(told).toEqual([
      ['content_block_stop', 'content_block_start'],
      ['content_block_delta'],
      ['content_block_delta'],
      ['content_block_stop', 'content_block_start'],
    ]);
  });

  it('keeps the last bytes of arguments that come with the finish reason', () => {
    const last = deltaFrame({ tool_calls: [args(0, '"b"}')] }, 'tool_calls');
    const message = messageOf(translated([callFrame(call(0, 'f', '{"a":')), last, doneFrame()]));
    expect(message).toMatchObject({ content: [{ input: { a: 'b' } }], stop_reason: 'tool_use' });
  });

  it('tells calls apart by their ids where every one has index 0, and names one without an id', () => {
    const first = { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } };
    const second = { index: 0, id: 'b', function: { name: 'g', arguments: '{"x":1}' } };
    expect(messageOf(translated([callFrame(first), callFrame(second)]))['content']).toMatchObject([
      { id: 'a', name: 'f', input: {} },
      { id: 'b', name: 'g', input: { x: 1 } },
    ]);
    const nameless = { index: 0, function: { name: 'f', arguments: '{}' } };
    expect(messageOf(translated([callFrame(nameless)]))['content']).toMatchObject([{ id: 'toolu_fixture_0' }]);
  });

  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['content_filter', 'refusal'],
    ['tool_calls', 'tool_use'],
    ['something new', 'end_turn'],
  ])('that ended by %s ended by %s', (finish, reason) => {
    expect(messageOf(translated([deltaFrame({ content: 'x' }, finish)]))).toMatchObject({ stop_reason: reason });
  });

  it('that called a tool ends by that, even if its server says stop', () => {
    expect(messageOf(translated([callFrame(call(0, 'f', '{}')), deltaFrame({}, 'stop')]))['stop_reason']).toBe(
      'tool_use',
    );
  });

  it('names the stop sequence where its server does', () => {
    const end = frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop', stop_reason: 'END' }] });
    expect(messageOf(translated([deltaFrame({ content: 'x' }), end], { stop_sequences: ['END'] }))).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    });
  });

  it('shows thoughts only to who asked for them', () => {
    const frames = [deltaFrame({ reasoning_content: 'Hm.' }), deltaFrame({ content: 'Yes' }, 'stop')];
    const kinds = (asked: JsonObject): unknown[] =>
      jsonObjects(messageOf(translated(frames, asked))['content']).map(({ type }) => type);
    expect(kinds(THINKS)).toEqual(['thinking', 'text']);
    expect(kinds({})).toEqual(['text']);
    expect(kinds({ thinking: { type: 'disabled' } })).toEqual(['text']);
  });

  it('counts what was read from the cache apart, and zeros', () => {
    const message = messageOf(
      translated([deltaFrame({ content: 'x' }, 'stop'), usageFrame({ prompt: 30, completion: 0, cached: 30 })]),
    );
    expect(message['usage']).toMatchObject({ input_tokens: 0, cache_read_input_tokens: 30, output_tokens: 0 });
  });

  it('that was cut has no end: nothing of it is made up', () => {
    const translator = new ChatToEvents({});
    const told = translator.push(Buffer.from(deltaFrame({ content: 'Half an ans' }))).toString();
    expect(told).not.toContain('content_block_stop');
    expect(told).not.toContain('message_stop');
  });

  it('survives a malformed chunk and an event of a megabyte in pieces', () => {
    const long = 'x'.repeat(1_048_576);
    const frames = ['data: {"choices":\n\n', deltaFrame({ content: long }), deltaFrame({ content: 'end' }, 'stop')];
    const message = messageOf(translated(cutAt(Buffer.from(frames.join('')), [70_000, 300_000])));
    expect(message).toMatchObject({ content: [{ text: `${long}end` }] });
  });
});
