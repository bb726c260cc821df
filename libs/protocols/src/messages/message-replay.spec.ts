import fc from 'fast-check';
import { parseObject } from '../json/json-object';
import { anyMessage, cutAt, NATIVE_FRAMES } from '../../test/message-fixtures';
import { messagesProtocol } from './messages.protocol';

const MAX_BYTES = 1_048_576;

function assembled(pieces: readonly (Buffer | string)[]): unknown {
  const assembler = messagesProtocol.assembler(MAX_BYTES);
  for (const piece of pieces) assembler.push(Buffer.from(piece));
  const answer = assembler.finish();
  return answer && (JSON.parse(answer.toString()) as unknown);
}

describe('a message and its stream', () => {
  it('say the same: what is replayed and gathered again is the message, unknown blocks included', () => {
    fc.assert(
      fc.property(anyMessage, fc.boolean(), fc.array(fc.integer({ min: 1, max: 200 })), (message, inPieces, sizes) => {
        const frames = messagesProtocol.replay(Buffer.from(JSON.stringify(message)), {}, inPieces);
        expect(assembled(cutAt(Buffer.concat(frames), sizes))).toEqual(message);
      }),
    );
  });

  it('is complete with the last frame only, and begins with what the client can use', () => {
    const content = [{ type: 'text', text: 'one two three four five' }];
    const message = {
      id: 'm',
      type: 'message',
      content,
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 5 },
    };
    const frames = messagesProtocol.replay(Buffer.from(JSON.stringify(message)), {}, true);
    expect(frames.length).toBeGreaterThan(4);
    expect(assembled(frames.slice(0, -1))).toBeUndefined();
    expect(frames.at(-1)?.toString()).toMatch(/^event: message_delta\n.*\n\nevent: message_stop\n.*\n\n$/);
    expect(frames[0]?.toString()).toContain('event: content_block_start');
  });

  it('of Anthropic is gathered with its thought, signature, arguments and both parts of the usage', () => {
    expect(assembled(NATIVE_FRAMES)).toMatchObject({
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'text', text: 'Grüße' },
        { type: 'tool_use', id: 't1', name: 'look', input: { city: 'Köln' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 10, cache_read_input_tokens: 20, output_tokens: 42 },
    });
  });

  it.each([
    ['cut', NATIVE_FRAMES.slice(0, -1)],
    [
      'with an error',
      [
        ...NATIVE_FRAMES.slice(0, -1),
        'event: error\ndata: {"type":"error","error":{}}\n\n',
        ...NATIVE_FRAMES.slice(-1),
      ],
    ],
    ['with a malformed event', [...NATIVE_FRAMES.slice(0, 8), 'data: {"type":\n\n', ...NATIVE_FRAMES.slice(8)]],
    ['with arguments that are no JSON', NATIVE_FRAMES.filter((frame) => !frame.includes('Köln'))],
    ['with a delta that nobody knows', [NATIVE_FRAMES.join('').replace('text_delta', 'hologram_delta')]],
  ])('%s is no answer', (_name, frames) => {
    expect(assembled(frames)).toBeUndefined();
  });

  it('too large is given up, and says so', () => {
    const assembler = messagesProtocol.assembler(100);
    assembler.push(Buffer.from(NATIVE_FRAMES.join('')));
    expect(assembler.said()).toBeNull();
    expect(assembler.finish()).toBeUndefined();
  });

  it('cut off tells what was said so far', () => {
    const assembler = messagesProtocol.assembler(MAX_BYTES);
    for (const frame of NATIVE_FRAMES.slice(0, 11)) assembler.push(Buffer.from(frame));
    expect(assembler.said()).toBe('Hm.Grüßelook{"city":');
  });

  it('takes the usage that was counted elsewhere where its provider told none', () => {
    const frames = NATIVE_FRAMES.join('').replace(/"usage":\{[^}]*\}/g, '"usage":{"input_tokens":0,"output_tokens":0}');
    const assembler = messagesProtocol.assembler(MAX_BYTES);
    assembler.push(Buffer.from(frames));
    const usage = { inputTokens: 8, cachedInputTokens: 2, outputTokens: 3, reasoningTokens: 0 };
    expect(parseObject(assembler.finish(usage)?.toString() ?? '')?.['usage']).toMatchObject({
      input_tokens: 6,
      cache_read_input_tokens: 2,
      output_tokens: 3,
    });
  });
});
