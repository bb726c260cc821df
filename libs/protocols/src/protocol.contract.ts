import { RelayError } from '@relay/core';
import * as fc from 'fast-check';
import { openaiDialect } from './chat/chat-dialect';
import { chatGrammar } from './chat/chat-grammar';
import { completionToSse } from './chat/completion-to-sse';
import { completionToSseFrames } from './chat/completion-to-sse-frames';
import { isJsonObject, jsonObjects, parseObject, type JsonObject } from './json/json-object';
import { StreamSniffer } from './stream-sniffer';
import type { WireProtocol } from './wire-protocol';

export interface ProtocolCase {
  readonly protocol: WireProtocol;
  /** A body that asks for a stream, and for all that a stream can tell. */
  readonly asked: JsonObject;
  /** Its answers can call tools, and say what was thought. */
  readonly hasToolsAndThoughts: boolean;
}

const MAX_BYTES = 4_000_000;
const RUNS = { numRuns: 25 };

/** What an answer says, whatever its protocol: through chat, which all of them can be told in. */
interface Told {
  readonly content: string;
  readonly thought: string;
  readonly calls: readonly (readonly unknown[])[];
  readonly finishReason: unknown;
  readonly tokens: readonly unknown[];
}

/** What the relay relies on in every protocol of generated text. */
export function protocolContract({ protocol, asked, hasToolsAndThoughts }: ProtocolCase): void {
  const { fromChat } = protocol;
  const inProtocol = (chat: JsonObject): JsonObject => fromChat?.answer(chat, asked) ?? chat;
  const answers = chatAnswers(hasToolsAndThoughts);
  const sniffer = (): StreamSniffer =>
    new StreamSniffer({ grammar: protocol.grammar(openaiDialect), keepUsageFrame: true });
  const toldBy = (answer: JsonObject): Told => told(protocol, answer);
  const assembled = (stream: Buffer): JsonObject | null => {
    const assembler = protocol.assembler(MAX_BYTES);
    assembler.push(stream);
    const whole = assembler.finish();
    return whole === undefined ? null : parseObject(whole.toString('utf8'));
  };
  const replayed = (answer: JsonObject, inPieces: boolean): Buffer[] =>
    protocol.replay(Buffer.from(JSON.stringify(answer)), asked, inPieces);

  it('takes a body that asks, and none that asks nothing', () => {
    expect(protocol.schema.safeParse(asked).success).toBe(true);
    expect(protocol.schema.safeParse({}).success).toBe(false);
    expect(protocol.untranslatable?.(asked) ?? null).toBeNull();
  });

  it('tells chat its cap', () => {
    const chat = protocol.toChat({ ...asked, [protocol.capField(asked)]: 17 });
    const { max_tokens: older, max_completion_tokens: newer } = chat.ok ? chat.value : {};
    expect(newer ?? older).toBe(17);
  });

  it('reads of an answer how it ended and what it took', () => {
    fc.assert(
      fc.property(answers, (chat) => {
        const facts = protocol.readAnswer(inProtocol(chat), openaiDialect);
        expect(facts?.finishReason).toEqual(expect.any(String));
        expect(facts?.usage).toMatchObject({ inputTokens: 12, outputTokens: 34 });
      }),
      RUNS,
    );
  });

  it('says the same in a stream as in the whole answer', () => {
    fc.assert(
      fc.property(answers, fc.boolean(), (chat, inPieces) => {
        const answer = inProtocol(chat);
        const again = assembled(Buffer.concat(replayed(answer, inPieces)));
        expect(again && toldBy(again)).toEqual(toldBy(answer));
      }),
      RUNS,
    );
  });

  it('passes a stream byte for byte and understands it, however it is cut', () => {
    fc.assert(
      fc.property(answers, fc.boolean(), cuts, (chat, inPieces, at) => {
        const answer = inProtocol(chat);
        const stream = Buffer.concat(replayed(answer, inPieces));
        const watching = sniffer();
        const passed = pieces(stream, at).map((piece) => watching.push(piece) ?? NO_BYTES);
        passed.push(watching.end() ?? NO_BYTES, watching.tail);
        expect(Buffer.concat(passed).toString('utf8')).toBe(stream.toString('utf8'));
        const { finishReason, usage } = protocol.readAnswer(answer, openaiDialect) ?? {};
        expect(watching).toMatchObject({ done: true, reported: null, finishReason, usage });
      }),
      RUNS,
    );
  });

  it('understands an event that is longer than is held of one, which comes in pieces', () => {
    const answer = inProtocol(chatAnswer({ content: LONG_TEXT }));
    for (const inPieces of [false, true]) {
      const stream = Buffer.concat(replayed(answer, inPieces));
      const watching = sniffer();
      const passed = networkPieces(stream).flatMap((piece) => watching.push(piece) ?? []);
      passed.push(watching.end() ?? NO_BYTES, watching.tail);
      expect(Buffer.concat(passed).equals(stream)).toBe(true);
      const { finishReason, usage } = protocol.readAnswer(answer, openaiDialect) ?? {};
      expect(watching).toMatchObject({ done: true, reported: null, finishReason, usage });
      const assembler = protocol.assembler(MAX_BYTES);
      for (const piece of passed) assembler.push(piece);
      expect(toldBy(parseObject(assembler.finish()?.toString('utf8') ?? '') ?? {})).toEqual(toldBy(answer));
    }
  });

  it('takes no stream for complete that was cut, at whatever byte before its last frame', () => {
    fc.assert(
      fc.property(answers, fc.double({ min: 0, max: 1, noNaN: true }), (chat, share) => {
        const frames = replayed(inProtocol(chat), true);
        const before = Buffer.concat(frames.slice(0, -1));
        const torn = before.subarray(0, Math.floor(before.length * share));
        expect(assembled(torn)).toBeNull();
        const watching = sniffer();
        watching.push(torn);
        watching.end();
        expect(watching.done).toBe(false);
      }),
      RUNS,
    );
  });

  it('knows of a stream that was cut what it said until then', () => {
    const chat = chatAnswer({ content: 'One two three four five six seven' });
    const frames = replayed(inProtocol(chat), true);
    const assembler = protocol.assembler(MAX_BYTES);
    for (const frame of frames.slice(0, frames.length / 2)) assembler.push(frame);
    const said = assembler.said() ?? '';
    expect(said).toMatch(/^One/);
    expect('One two three four five six seven').toContain(said);
  });

  it('words an error so that it is read as one, before a stream has said anything and in its middle', () => {
    const error = new RelayError('upstream_error', 'The provider "broke" off.');
    const frames = replayed(inProtocol(chatAnswer({ content: 'One two three four' })), true);
    for (const said of [[], frames.slice(0, 2), frames.slice(0, -1)]) {
      const stream = Buffer.concat([...said, Buffer.from(protocol.errorFrames(error))]);
      const watching = sniffer();
      watching.push(stream);
      expect(watching.done).toBe(false);
      expect(watching.reported).toMatchObject({ error: { message: error.message } });
      expect(assembled(stream)).toBeNull();
    }
    expect(JSON.stringify(protocol.errorBody(error))).toContain('upstream_error');
  });

  if (fromChat === null) return;

  it('tells a stream of chat as it would tell the whole answer, however it is cut', () => {
    fc.assert(
      fc.property(answers, cuts, (chat, at) => {
        const frames = completionToSseFrames(Buffer.from(JSON.stringify(chat)), { includeUsage: true });
        const translator = fromChat.stream(asked);
        const watching = new StreamSniffer({ grammar: chatGrammar(openaiDialect), keepUsageFrame: true });
        const parts = pieces(Buffer.concat(frames), at).map((piece) => {
          const whole = watching.push(piece);
          return whole === null ? NO_BYTES : translator.push(whole);
        });
        const last = translator.end(watching.tail);
        expect(assembled(Buffer.concat(parts))).toBeNull();
        const answer = assembled(Buffer.concat([...parts, last]));
        expect(answer && toldBy(answer)).toEqual(toldBy(fromChat.answer(chat, asked)));
      }),
      RUNS,
    );
  });

  it('tells an event of chat on that is longer than is held of one', () => {
    const chat = chatAnswer({ content: LONG_TEXT });
    const frames = completionToSse(Buffer.from(JSON.stringify(chat)), { includeUsage: true });
    const translator = fromChat.stream(asked);
    const watching = new StreamSniffer({ grammar: chatGrammar(openaiDialect), keepUsageFrame: true });
    const parts = networkPieces(frames).map((piece) => translator.push(watching.push(piece) ?? NO_BYTES));
    const answer = assembled(Buffer.concat([...parts, translator.end(watching.tail)]));
    expect(answer && toldBy(answer)).toEqual(toldBy(fromChat.answer(chat, asked)));
  });

  it('says what chat said', () => {
    fc.assert(
      fc.property(answers, (chat) => {
        expect(toldBy(fromChat.answer(chat, asked))).toEqual(told(protocol, chat, chat));
      }),
      RUNS,
    );
  });
}

function told(protocol: WireProtocol, answer: JsonObject, chat = protocol.answerToChat(answer)): Told {
  const choice = jsonObjects(chat['choices'])[0] ?? {};
  const message = isJsonObject(choice['message']) ? choice['message'] : {};
  const usage = isJsonObject(chat['usage']) ? chat['usage'] : {};
  return {
    content: typeof message['content'] === 'string' ? message['content'] : '',
    thought: typeof message['reasoning_content'] === 'string' ? message['reasoning_content'] : '',
    calls: jsonObjects(message['tool_calls']).map(({ id, function: called }) => [id, called]),
    finishReason: choice['finish_reason'],
    tokens: [usage['prompt_tokens'] ?? usage['input_tokens'], usage['completion_tokens'] ?? usage['output_tokens']],
  };
}

const NO_BYTES = Buffer.alloc(0);
/** Three times what the relay holds of one event, and more than any network gives it at once. */
const LONG_TEXT = 'lorem ü '.repeat(25_000);
const NETWORK_PIECE_BYTES = 16_384;

function networkPieces(stream: Buffer): Buffer[] {
  const count = Math.ceil(stream.length / NETWORK_PIECE_BYTES);
  return Array.from({ length: count }, (_, i) =>
    stream.subarray(i * NETWORK_PIECE_BYTES, (i + 1) * NETWORK_PIECE_BYTES),
  );
}

/** Where a stream is cut, as shares of its length. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

function pieces(stream: Buffer, at: readonly number[]): Buffer[] {
  const edges = [...at.map((share) => Math.floor(share * stream.length)).sort((a, b) => a - b), stream.length];
  return edges.map((edge, i) => stream.subarray(i === 0 ? 0 : edges[i - 1], edge));
}

function chatAnswer(message: JsonObject, finishReason = 'stop'): JsonObject {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finishReason }],
    usage: { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46 },
  };
}

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });

/** Whole answers of chat: words, and where there is room for them thoughts and parallel calls. */
function chatAnswers(hasToolsAndThoughts: boolean): fc.Arbitrary<JsonObject> {
  const spoken = fc
    .tuple(words, fc.constantFrom('stop', 'length'))
    .map(([content, finishReason]) => chatAnswer({ content }, finishReason));
  if (!hasToolsAndThoughts) return spoken;
  const given = fc.dictionary(fc.string({ maxLength: 5 }), fc.oneof(words, fc.integer(), fc.boolean()), { maxKeys: 3 });
  const calling = fc
    .record({
      content: fc.option(words),
      thought: fc.option(words),
      given: fc.array(given, { minLength: 1, maxLength: 3 }),
    })
    .map(({ content, thought, given: arguments_ }) => {
      const calls = arguments_.map((one, i) => ({
        id: `call_${i}`,
        type: 'function',
        function: { name: `tool_${i}`, arguments: JSON.stringify(one) },
      }));
      const message = { ...(thought === null ? {} : { reasoning_content: thought }), content, tool_calls: calls };
      return chatAnswer(message, 'tool_calls');
    });
  const thinking = fc
    .tuple(words, words)
    .map(([content, thought]) => chatAnswer({ reasoning_content: thought, content }));
  return fc.oneof(spoken, calling, thinking);
}
