import * as fc from 'fast-check';
import type { JsonObject } from '../json/json-object';
import {
  ASKED,
  begins,
  chunk,
  eventsOf,
  frame,
  goesOn,
  HEAD,
  outputOf,
  responseIn,
  TAIL,
  translated,
  typesOf,
  USAGE,
} from '../../test/response-fixtures';
import { responseFromChat } from './chat-to-response';

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
