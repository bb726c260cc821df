import * as fc from 'fast-check';
import type { JsonObject } from '../json/json-object';
import { readSseData } from '../sse/sse-data';
import { responseFromChat } from './chat-to-response';

interface Event extends JsonObject {
  readonly type: string;
  readonly sequence_number: number;
}

const ASKED = { model: 'small', input: 'Hi', instructions: 'Be brief.', temperature: 0, metadata: { a: 'b' } };
const HEAD = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'mock-model' };
const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 5,
  total_tokens: 16,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

const frame = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const chunk = (delta: JsonObject, finish: string | null = null): string =>
  frame({ ...HEAD, choices: [{ index: 0, delta, finish_reason: finish }] });
const TAIL = frame({ ...HEAD, choices: [], usage: USAGE }) + frame('[DONE]');

function eventsOf(bytes: Buffer): Event[] {
  return readSseData(bytes.toString('utf8')).payloads.map((payload) => JSON.parse(payload) as Event);
}

function translated(frames: readonly string[], asked: JsonObject = ASKED): Event[] {
  const translator = responseFromChat.stream(asked);
  const told = frames.map((one) => translator.push(Buffer.from(one)));
  return eventsOf(Buffer.concat([...told, translator.end(Buffer.from(TAIL))]));
}

const responseIn = (events: readonly Event[]): JsonObject => events.at(-1)?.['response'] as JsonObject;
const outputOf = (events: readonly Event[]): JsonObject[] => responseIn(events)['output'] as JsonObject[];
const typesOf = (events: readonly Event[]): string[] => events.map(({ type }) => type);

const call = (index: number, fields: JsonObject): JsonObject => ({ tool_calls: [{ index, ...fields }] });
const begins = (index: number, id: string, name: string, text = ''): JsonObject =>
  call(index, { id, type: 'function', function: { name, arguments: text } });
const goesOn = (index: number, text: string): JsonObject => call(index, { function: { arguments: text } });

describe('a stream of chat, told as a response', () => {
  it('has every event of a message, numbered, and the whole response in the last', () => {
    const events = translated([
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({}, 'stop'),
    ]);
    expect(typesOf(events)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, i) => i));
    expect(events[0]?.['response']).toMatchObject({ status: 'in_progress', output: [], usage: null });
    expect(responseIn(events)).toMatchObject({
      id: expect.stringMatching(/^resp_[0-9a-f]{48}$/) as string,
      object: 'response',
      created_at: 1_700_000_000,
      status: 'completed',
      model: 'mock-model',
      error: null,
      incomplete_details: null,
      instructions: 'Be brief.',
      temperature: 0,
      top_p: 1,
      metadata: { a: 'b' },
      tools: [],
      tool_choice: 'auto',
      text: { format: { type: 'text' } },
      usage: {
        input_tokens: 11,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 16,
      },
    });
    expect(outputOf(events)).toEqual([
      {
        id: expect.stringMatching(/^msg_/) as string,
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
      },
    ]);
  });

  it('has a thought, words and calls as items of their own, each closed before the next kind begins', () => {
    const events = translated([
      chunk({ role: 'assistant', reasoning_content: 'Hm' }),
      chunk({ reasoning_content: '...' }),
      chunk({ content: 'Looking.' }),
      chunk(begins(0, 'call_a', 'look', '{"x"')),
      chunk(goesOn(0, ':1}')),
      chunk({}, 'tool_calls'),
    ]);
    expect(typesOf(events).filter((type) => type.startsWith('response.output_item'))).toEqual([
      'response.output_item.added',
      'response.output_item.done',
      'response.output_item.added',
      'response.output_item.done',
      'response.output_item.added',
      'response.output_item.done',
    ]);
    expect(outputOf(events)).toMatchObject([
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm...' }] },
      { type: 'message', content: [{ type: 'output_text', text: 'Looking.' }] },
      { type: 'function_call', call_id: 'call_a', name: 'look', arguments: '{"x":1}', status: 'completed' },
    ]);
  });

  it('has a thought as the summary that was asked for', () => {
    const events = translated([chunk({ reasoning_content: 'Hm' }), chunk({ content: 'Ah.' }), chunk({}, 'stop')], {
      ...ASKED,
      reasoning: { summary: 'auto' },
    });
    expect(outputOf(events)[0]).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] });
    expect(typesOf(events).filter((type) => type.includes('summary'))).toEqual([
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
    ]);
  });

  it('keeps parallel calls apart whose pieces come in turns, to the last byte of their arguments', () => {
    const events = translated([
      chunk(begins(0, 'call_a', 'look')),
      chunk(begins(1, 'call_b', 'hear', '{')),
      chunk(goesOn(0, '{"of":')),
      chunk({
        tool_calls: [
          { index: 1, function: { arguments: '"y"' } },
          { index: 0, function: { arguments: '"x"' } },
        ],
      }),
      chunk(goesOn(1, '}')),
      chunk(goesOn(0, '}'), 'tool_calls'),
    ]);
    expect(outputOf(events)).toMatchObject([
      { call_id: 'call_a', name: 'look', arguments: '{"of":"x"}' },
      { call_id: 'call_b', name: 'hear', arguments: '{"y"}' },
    ]);
    const done = events.filter(({ type }) => type === 'response.function_call_arguments.done');
    expect(done.map((event) => [event['output_index'], event['name'], event['arguments']])).toEqual([
      [0, 'look', '{"of":"x"}'],
      [1, 'hear', '{"y"}'],
    ]);
    const said = new Map<unknown, string>();
    for (const event of events.filter(({ type }) => type === 'response.function_call_arguments.delta')) {
      said.set(event['item_id'], (said.get(event['item_id']) ?? '') + String(event['delta']));
    }
    expect([...said.values()].sort()).toEqual(['{"of":"x"}', '{"y"}']);
  });

  it('tells calls apart by their ids where a server gives each the index 0, or none', () => {
    for (const index of [0, undefined]) {
      const piece = (fields: JsonObject): JsonObject => ({ tool_calls: [{ index, ...fields }] });
      const events = translated([
        chunk(piece({ id: 'a', function: { name: 'f', arguments: '1' } })),
        chunk(piece({ id: 'b', function: { name: 'f', arguments: '2' } })),
        chunk(piece({ function: { arguments: '3' } }), 'tool_calls'),
      ]);
      expect(outputOf(events)).toMatchObject([
        { call_id: 'a', arguments: '1' },
        { call_id: 'b', arguments: '23' },
      ]);
    }
  });

  it('announces a call when its name is known, with what was said of its arguments before', () => {
    const events = translated([
      chunk(call(0, { id: 'a', function: { arguments: '{' } })),
      chunk(call(0, { function: { name: 'f', arguments: '}' } }), 'tool_calls'),
    ]);
    expect(events.find(({ type }) => type === 'response.output_item.added')).toMatchObject({ item: { name: 'f' } });
    expect(outputOf(events)).toMatchObject([{ call_id: 'a', name: 'f', arguments: '{}' }]);
  });

  it('has calls of custom tools with their input', () => {
    const events = translated([
      chunk(call(0, { id: 'a', type: 'custom', custom: { name: 'sql', input: 'SEL' } })),
      chunk(call(0, { custom: { input: 'ECT 1' } }), 'tool_calls'),
    ]);
    expect(outputOf(events)).toMatchObject([
      { type: 'custom_tool_call', call_id: 'a', name: 'sql', input: 'SELECT 1' },
    ]);
    expect(typesOf(events)).toContain('response.custom_tool_call_input.done');
  });

  it.each([
    ['length', 'max_output_tokens'],
    ['content_filter', 'content_filter'],
  ])('is incomplete where chat ended with %s', (reason, told) => {
    const events = translated([chunk({ content: 'Once' }), chunk({}, reason)]);
    expect(events.at(-1)?.type).toBe('response.incomplete');
    expect(responseIn(events)).toMatchObject({ status: 'incomplete', incomplete_details: { reason: told } });
    expect(outputOf(events)).toMatchObject([{ status: 'incomplete' }]);
  });

  it('has refusals and log probabilities where responses have them', () => {
    const logprobs = { content: [{ token: 'No', logprob: -0.1, bytes: [78, 111], top_logprobs: [] }] };
    const spoken = frame({ ...HEAD, choices: [{ index: 0, delta: { content: 'No' }, logprobs, finish_reason: null }] });
    const events = translated([spoken, chunk({ refusal: 'I will not' }), chunk({}, 'stop')]);
    expect(outputOf(events)).toMatchObject([
      {
        content: [
          { type: 'output_text', text: 'No', logprobs: logprobs.content },
          { type: 'refusal', refusal: 'I will not' },
        ],
      },
    ]);
  });

  it('ends with nothing that says it were complete while the stream has not ended', () => {
    const translator = responseFromChat.stream(ASKED);
    const told = [chunk({ content: 'Half' }), chunk({}, 'stop')].map((one) => translator.push(Buffer.from(one)));
    expect(typesOf(eventsOf(Buffer.concat(told)))).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
    ]);
  });

  it('survives a chunk that is no JSON, and one of more than 64 KB that comes in pieces', () => {
    const long = 'x'.repeat(200_000);
    const text = chunk({ content: long });
    const pieces = [frame('{nonsense'), text.slice(0, 70_000), text.slice(70_000, 140_000), text.slice(140_000)];
    const events = translated([...pieces, chunk({}, 'stop')]);
    expect(outputOf(events)).toMatchObject([{ content: [{ text: long }] }]);
  });

  it('is the same however its bytes were cut', () => {
    const stream = Buffer.from(
      [
        chunk({ reasoning_content: 'Überlegung' }),
        chunk({ content: 'Grüße 👋 ' }),
        chunk({ content: '世界' }),
        chunk(begins(0, 'a', 'f', '{"k":"ä')),
        chunk(goesOn(0, '"}'), 'tool_calls'),
      ].join(''),
    );
    const whole = translated([stream.toString('utf8')]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
        const edges = [0, ...[...cuts].sort((a, b) => a - b), stream.length];
        const translator = responseFromChat.stream(ASKED);
        const told = edges.slice(1).map((edge, i) => translator.push(stream.subarray(edges[i], edge)));
        expect(eventsOf(Buffer.concat([...told, translator.end(Buffer.from(TAIL))]))).toEqual(whole);
      }),
    );
  });
});

describe('a whole answer of chat, told as a response', () => {
  const message = {
    role: 'assistant',
    reasoning: 'Hm',
    content: 'Both.',
    tool_calls: [
      { id: 'call_a', type: 'function', function: { name: 'look', arguments: '{}' } },
      { id: 'call_b', type: 'function', function: { name: 'look', arguments: '{"a":0}' } },
    ],
  };
  const chat = {
    ...HEAD,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    usage: USAGE,
  };

  it('says what the stream of it would say at its end', () => {
    const calls = message.tool_calls.map((one, index) => ({ index, ...one }));
    const events = translated([chunk({ ...message, tool_calls: calls }, 'tool_calls')]);
    expect(responseFromChat.answer(chat, ASKED)).toEqual(responseIn(events));
    expect(outputOf(events).map(({ type }) => type)).toEqual([
      'reasoning',
      'message',
      'function_call',
      'function_call',
    ]);
  });

  it('has ids of its own for each answer, and the same ones for the same answer', () => {
    const id = (changed: JsonObject, asked: JsonObject = ASKED): unknown =>
      responseFromChat.answer({ ...chat, ...changed }, asked)['id'];
    expect(id({})).toBe(id({}));
    expect(
      new Set([id({}), id({ id: 'chatcmpl-2' }), id({ created: 1 }), id({}, { ...ASKED, input: 'Ho' })]).size,
    ).toBe(4);
    const output = responseFromChat.answer(chat, ASKED)['output'] as JsonObject[];
    expect(new Set(output.map((item) => item['id'])).size).toBe(output.length);
  });

  it('tells no usage where nobody knows it, and zero where it is zero', () => {
    const { usage: _usage, ...without } = chat;
    expect(responseFromChat.answer(without, ASKED)['usage']).toBeNull();
    const none = { prompt_tokens: 0, completion_tokens: 0 };
    expect(responseFromChat.answer({ ...chat, usage: none }, ASKED)['usage']).toMatchObject({ total_tokens: 0 });
  });
});
