import * as fc from 'fast-check';
import type { JsonObject } from '../json/json-object';
import { StreamSniffer } from '../stream-sniffer';
import { ResponseAssembler } from './response-assembler';
import { responsesGrammar } from './responses-grammar';

const USAGE = {
  input_tokens: 36,
  input_tokens_details: { cached_tokens: 30 },
  output_tokens: 87,
  output_tokens_details: { reasoning_tokens: 64 },
  total_tokens: 123,
};
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Grüße 👋', annotations: [] }],
};
const WHOLE = {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  error: null,
  incomplete_details: null,
  output: [MESSAGE],
  tools: [{ type: 'function', name: 'f', parameters: { properties: { usage: { type: 'object' }, error: {} } } }],
  usage: USAGE,
  metadata: {},
};

let sequence = 0;
const event = (type: string, fields: JsonObject = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`;
const ended = (response: JsonObject = WHOLE): string => event(`response.${String(response['status'])}`, { response });
const delta = (text: string): string =>
  event('response.output_text.delta', { output_index: 0, content_index: 0, delta: text });

const BEGIN = [
  event('response.created', { response: { ...WHOLE, status: 'in_progress', output: [], usage: null } }),
  event('response.in_progress', { response: { ...WHOLE, status: 'in_progress', output: [], usage: null } }),
  event('response.output_item.added', { output_index: 0, item: { ...MESSAGE, content: [] } }),
  event('response.content_part.added', { output_index: 0, part: { type: 'output_text', text: '' } }),
];

const sniff = (): StreamSniffer => new StreamSniffer({ grammar: responsesGrammar, keepUsageFrame: true });
const pushed = (sniffer: StreamSniffer, ...frames: readonly string[]): string =>
  frames.map((frame) => sniffer.push(Buffer.from(frame))?.toString('utf8') ?? '').join('');
/** As a network gives it. */
function inPieces(sniffer: StreamSniffer, text: string): string {
  let out = '';
  for (let at = 0; at < text.length; at += 16_384) out += pushed(sniffer, text.slice(at, at + 16_384));
  return out;
}

describe('a stream of a response, as it passes', () => {
  it('holds what only announces, passes the rest on at once, and knows usage and end', () => {
    const sniffer = sniff();
    expect(pushed(sniffer, ...BEGIN)).toBe('');
    expect(sniffer.contentSeen).toBe(false);
    const first = delta('Grüße');
    expect(pushed(sniffer, first)).toBe(BEGIN.join('') + first);
    const last = ended();
    expect(pushed(sniffer, last)).toBe('');
    expect(sniffer.tail.toString('utf8')).toBe(last);
    expect(sniffer).toMatchObject({
      done: true,
      finishReason: 'completed',
      usage: { inputTokens: 36, cachedInputTokens: 30, outputTokens: 87, reasoningTokens: 64 },
    });
  });

  it.each([
    ['a thought', 'response.reasoning_text.delta', { delta: 'Hm' }],
    ['a summary of a thought', 'response.reasoning_summary_text.delta', { delta: 'Hm' }],
    ['a refusal', 'response.refusal.delta', { delta: 'No' }],
    ['arguments', 'response.function_call_arguments.delta', { delta: '{' }],
    ['a call', 'response.output_item.added', { item: { type: 'function_call', name: 'f' } }],
    ['a built-in tool at work', 'response.web_search_call.searching', {}],
  ])('counts %s as content', (_what, type, fields) => {
    const sniffer = sniff();
    pushed(sniffer, ...BEGIN, event(type, fields));
    expect(sniffer.contentSeen).toBe(true);
  });

  it.each([
    ['keepalive', {}],
    ['response.queued', { response: {} }],
    ['response.output_item.added', { item: { type: 'reasoning' } }],
    ['response.output_text.delta', { delta: '' }],
  ])('counts %s as a sign of life', (type, fields) => {
    const sniffer = sniff();
    pushed(sniffer, ...BEGIN, event(type, fields));
    expect(sniffer.contentSeen).toBe(false);
  });

  it('says why an answer is incomplete', () => {
    const sniffer = sniff();
    const details = { reason: 'max_output_tokens' };
    pushed(sniffer, ...BEGIN, delta('x'), ended({ ...WHOLE, status: 'incomplete', incomplete_details: details }));
    expect(sniffer).toMatchObject({ done: true, finishReason: 'max_output_tokens' });
  });

  it.each([
    [
      'response.failed',
      { response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow down' } } },
    ],
    ['error', { code: 'rate_limit_exceeded', message: 'Slow down', param: null }],
    ['error', { error: { type: 'tokens', code: 'rate_limit_exceeded', message: 'Slow down', param: null } }],
  ])('reports %s as OpenAI words errors, before and after content', (type, fields) => {
    for (const begin of [BEGIN, [...BEGIN, delta('x')]]) {
      const sniffer = sniff();
      pushed(sniffer, ...begin, event(type, fields));
      expect(sniffer.done).toBe(false);
      expect(sniffer.reported).toMatchObject({ error: { code: 'rate_limit_exceeded', message: 'Slow down' } });
    }
  });

  it('takes what an answer says of errors and ends for words', () => {
    const sniffer = sniff();
    pushed(sniffer, ...BEGIN, delta('{"type":"response.completed"}'), delta('event: error\ndata: {"error":1}'));
    expect(sniffer).toMatchObject({ done: false, reported: null });
  });

  it('is not complete without its last event', () => {
    const sniffer = sniff();
    pushed(sniffer, ...BEGIN, delta('x'), event('response.output_text.done', { text: 'x' }), 'data: [DONE]\n\n');
    sniffer.end();
    expect(sniffer).toMatchObject({ done: false, finishReason: null });
  });

  it('reads usage and end of a last event that is larger than it holds', () => {
    const long = { ...MESSAGE, content: [{ type: 'output_text', text: 'x'.repeat(300_000), annotations: [] }] };
    const sniffer = sniff();
    const last = ended({ ...WHOLE, output: [long] });
    const frames = [...BEGIN, delta('x')].join('') + last;
    const out = inPieces(sniffer, frames);
    expect(out + sniffer.tail.toString('utf8')).toBe(frames);
    expect(sniffer.tail.length).toBeGreaterThan(0); // nobody has all of it before it is recorded
    expect(sniffer).toMatchObject({
      done: true,
      finishReason: 'completed',
      usage: { inputTokens: 36, outputTokens: 87 },
    });
  });

  it.each([
    [
      { code: 'rate_limit_exceeded', message: 'Slow down' },
      { code: 'rate_limit_exceeded', message: 'Slow down' },
    ],
    [
      { code: 'server_error', message: 'x'.repeat(2_000) },
      { code: 'server_error', message: 'The response failed.' },
    ],
  ])('reports a failure that is larger than it holds, and hands on all of it or nothing', (error, told) => {
    const long = { ...MESSAGE, content: [{ type: 'output_text', text: 'x'.repeat(100_000), annotations: [] }] };
    const failure = ended({ ...WHOLE, status: 'failed', error, output: [long] });
    for (const [begin, out] of [
      [BEGIN, ''],
      [[...BEGIN, delta('x')], [...BEGIN, delta('x'), failure].join('')],
    ] as const) {
      const sniffer = sniff();
      expect(inPieces(sniffer, begin.join('') + failure)).toHaveLength(out.length);
      expect(sniffer).toMatchObject({ done: false, finishReason: null, reported: { error: told } });
    }
  });

  it('holds announcements that say a long question again, so that another target can still be asked', () => {
    const question = { ...WHOLE, status: 'in_progress', output: [], usage: null, instructions: 'x'.repeat(100_000) };
    const begin = [
      event('response.created', { response: question }),
      event('response.in_progress', { response: question }),
    ];
    const sniffer = sniff();
    expect(inPieces(sniffer, begin.join(''))).toBe('');
    expect(sniffer.contentSeen).toBe(false);
    const first = delta('x');
    expect(pushed(sniffer, first) === begin.join('') + first).toBe(true);
  });

  it('holds no announcement without end', () => {
    const sniffer = sniff();
    const begin = event('response.created', { response: { instructions: 'x'.repeat(300_000) } });
    expect(inPieces(sniffer, begin) === begin).toBe(true);
    expect(sniffer.contentSeen).toBe(false);
  });

  it('passes the same bytes and tells the same, however it was cut, with any line ends', () => {
    for (const newline of ['\n', '\r\n', '\r']) {
      const frames = [...BEGIN, delta('Grüße'), delta(' 👋'), ended()].map((one) => one.replaceAll('\n', newline));
      const stream = Buffer.from(frames.join(''));
      fc.assert(
        fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
          const edges = [0, ...[...cuts].sort((a, b) => a - b), stream.length];
          const sniffer = sniff();
          const assembler = new ResponseAssembler(1_000_000);
          const parts = edges
            .slice(1)
            .map((edge, i) => sniffer.push(stream.subarray(edges[i], edge)) ?? Buffer.alloc(0));
          parts.push(sniffer.end() ?? Buffer.alloc(0), sniffer.tail);
          expect(Buffer.concat(parts).equals(stream)).toBe(true);
          expect(sniffer).toMatchObject({ done: true, finishReason: 'completed', usage: { outputTokens: 87 } });
          for (const part of parts) assembler.push(part);
          expect(JSON.parse(assembler.finish()?.toString('utf8') ?? 'null')).toEqual(WHOLE);
        }),
        { numRuns: 40 },
      );
    }
  });
});

describe('what is gathered of a stream of a response', () => {
  const gather = (...frames: readonly string[]): ResponseAssembler => {
    const assembler = new ResponseAssembler(1_000_000);
    for (const frame of frames) assembler.push(Buffer.from(frame));
    return assembler;
  };

  it('is what was said so far, of a stream that was cut off, and no answer', () => {
    const called = event('response.output_item.added', { item: { type: 'function_call', name: 'look' } });
    const argued = event('response.function_call_arguments.delta', { delta: '{"x":1}' });
    const assembler = gather(...BEGIN, delta('Half'), delta(' an'), called, argued);
    expect(assembler.said()).toBe('Half anlook{"x":1}');
    expect(assembler.finish()).toBeUndefined();
  });

  it.each([
    ['failed', ended({ ...WHOLE, status: 'failed' })],
    ['was followed by an error', `${ended()}${event('error', { message: 'x' })}`],
  ])('is no answer where it %s', (_what, end) => {
    expect(gather(...BEGIN, delta('x'), end).finish()).toBeUndefined();
  });

  it('has the items that a server told before and left out of the last event', () => {
    const done = event('response.output_item.done', { output_index: 0, item: MESSAGE });
    const answer = gather(...BEGIN, delta('x'), done, ended({ ...WHOLE, output: [] })).finish();
    expect(JSON.parse(answer?.toString('utf8') ?? '')).toEqual(WHOLE);
  });

  it('has the usage that was counted where the stream told none', () => {
    const usage = { inputTokens: 3, cachedInputTokens: 1, outputTokens: 2, reasoningTokens: 0 };
    const answer = gather(...BEGIN, delta('x'), ended({ ...WHOLE, usage: null })).finish(usage);
    expect(JSON.parse(answer?.toString('utf8') ?? '')).toMatchObject({ usage: { input_tokens: 3, total_tokens: 5 } });
  });

  it('is given up where it is larger than may be held', () => {
    const assembler = new ResponseAssembler(1_000);
    for (const frame of [...BEGIN, delta('x'), ended()]) assembler.push(Buffer.from(frame));
    expect(assembler.said()).toBeNull();
    expect(assembler.finish()).toBeUndefined();
  });
});
