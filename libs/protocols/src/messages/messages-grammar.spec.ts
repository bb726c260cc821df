import fc from 'fast-check';
import { StreamSniffer } from '../stream-sniffer';
import { eventFrame } from './event-frame';
import { cutAt, NATIVE_FRAMES } from '../../test/message-fixtures';
import { messagesGrammar } from './messages-grammar';

function sniff(pieces: readonly (string | Buffer)[]) {
  const sniffer = new StreamSniffer({ grammar: messagesGrammar, keepUsageFrame: false });
  const out = pieces.map((piece) => sniffer.push(Buffer.from(piece)));
  out.push(sniffer.end());
  return { sniffer, out, forwarded: Buffer.concat(out.filter((bytes) => bytes !== null)) };
}

const started = NATIVE_FRAMES.slice(0, 2);
const words = eventFrame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } });

describe('a stream of messages as it passes', () => {
  it('leaves byte for byte, however it is cut, and tells the whole usage, the reason and the end', () => {
    const bytes = Buffer.from(NATIVE_FRAMES.join(''));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 30 }), (sizes) => {
        const { sniffer, forwarded } = sniff(cutAt(bytes, sizes));
        expect(Buffer.concat([forwarded, sniffer.tail]).equals(bytes)).toBe(true);
        expect(sniffer.usage).toEqual({
          inputTokens: 35, // 10 new, 5 written, 20 read
          cachedInputTokens: 20,
          cacheWriteTokens: 5,
          outputTokens: 42,
          reasoningTokens: 0,
        });
        expect(sniffer.finishReason).toBe('tool_use');
        expect(sniffer.done).toBe(true);
      }),
    );
  });

  it('is held while only life signs came, and leaves in the tick in which the first content does', () => {
    const { out, sniffer } = sniff([...started, words]);
    expect(out[0]).toBeNull();
    expect(out[1]).toBeNull();
    expect(out[2]?.toString()).toBe([...started, words].join(''));
    expect(sniffer.contentSeen).toBe(true);
    expect(sniffer.done).toBe(false);
  });

  it('is held while nothing but its start came, however long that is', () => {
    const message = { content: [], container: 'x'.repeat(100_000), usage: { input_tokens: 7, output_tokens: 1 } };
    const { out, sniffer } = sniff(cutAt(Buffer.from(eventFrame({ type: 'message_start', message })), [70_000]));
    expect(out.filter((bytes) => bytes !== null)).toEqual([]);
    expect(sniffer).toMatchObject({ contentSeen: false, usage: { inputTokens: 7 } });
  });

  it('counts a call of a tool as content from its name on', () => {
    const block = { type: 'tool_use', id: 't', name: 'f', input: {} };
    expect(
      sniff([eventFrame({ type: 'content_block_start', index: 0, content_block: block })]).sniffer.contentSeen,
    ).toBe(true);
  });

  it('takes counts that are told again at the end, zeros too', () => {
    const usage = { input_tokens: 0, cache_read_input_tokens: 7, output_tokens: 0 };
    const end = eventFrame({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage });
    expect(sniff([...started, end]).sniffer.usage).toMatchObject({
      inputTokens: 12,
      cachedInputTokens: 7,
      outputTokens: 0,
    });
  });

  it.each([
    ['overloaded_error', 'overloaded_error'],
    ['rate_limit_error', 'rate_limit_exceeded'],
  ])('reports %s as OpenAI would', (type, code) => {
    const { sniffer } = sniff([...started, eventFrame({ type: 'error', error: { type, message: 'Later' } })]);
    expect(sniffer.reported).toMatchObject({ error: { type, code, message: 'Later' } });
  });

  it('reports an error after content, and is not fooled by talk about errors', () => {
    const talk = eventFrame({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: '{"type":"error"} "type":"message_stop" \n event: error' },
    });
    const calm = sniff([...started, words, talk]).sniffer;
    expect(calm.reported).toBeNull();
    expect(calm.done).toBe(false);
    const failed = sniff([
      ...started,
      words,
      eventFrame({ type: 'error', error: { type: 'api_error', message: 'x' } }),
    ]);
    expect(failed.sniffer.reported).not.toBeNull();
    expect(failed.forwarded.toString()).toBe([...started, words].join(''));
  });

  it('passes an event of a megabyte, also where it is the end that is so long', () => {
    const long = eventFrame({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'web_search_tool_result', content: '"usage":{"output_tokens":9}'.padEnd(1_048_576, 'x') },
    });
    const context = { edits: 'x'.repeat(100_000) };
    const delta = { stop_reason: 'end_turn' };
    const end = eventFrame({ type: 'message_delta', delta, context, usage: { output_tokens: 3 } });
    const { sniffer, forwarded } = sniff([...started, ...cutAt(Buffer.from(long + end), [70_000, 500_000, 600_000])]);
    expect(sniffer.usage).toMatchObject({ inputTokens: 35, outputTokens: 3 });
    expect(sniffer.finishReason).toBe('end_turn');
    expect(forwarded.length).toBe(Buffer.byteLength(started.join('') + long + end));
  });
});
