import { RelayError } from '@relay/core';
import { APIError } from 'openai';
import { Stream } from 'openai/streaming';
import { openaiDialect } from '../chat/chat-dialect';
import { responsesProtocol } from './responses.protocol';

const ANSWER = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  model: 'm',
  status: 'completed',
  error: null,
  output: [],
  usage: { input_tokens: 5, output_tokens: 7, output_tokens_details: { reasoning_tokens: 3 } },
};

const read = (more: object): unknown => responsesProtocol.readAnswer({ ...ANSWER, ...more }, openaiDialect);

describe('the protocol of responses', () => {
  it('reads usage and end of an answer, whose error of nothing is none', () => {
    expect(read({})).toMatchObject({
      usage: { inputTokens: 5, outputTokens: 7, reasoningTokens: 3 },
      finishReason: 'completed',
    });
    expect(read({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } })).toMatchObject({
      finishReason: 'content_filter',
    });
  });

  it('takes no failure for an answer, and nothing unfinished for one that ended', () => {
    expect(read({ status: 'failed', error: { code: 'server_error', message: 'x' } })).toBeNull();
    expect(read({ error: { message: 'x' } })).toBeNull();
    for (const status of ['in_progress', 'queued', 'cancelled'])
      expect(read({ status })).toMatchObject({ finishReason: null });
  });

  it('shows an answer as chat has it', () => {
    const output = [
      {
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'Short' }],
        content: [{ type: 'reasoning_text', text: 'Long' }],
      },
      { type: 'web_search_call', status: 'completed' },
      {
        type: 'message',
        content: [
          { type: 'output_text', text: 'A' },
          { type: 'output_text', text: 'B' },
        ],
      },
      { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"x":0}' },
    ];
    expect(responsesProtocol.answerToChat({ ...ANSWER, output })).toMatchObject({
      object: 'chat.completion',
      model: 'm',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: 'AB',
            reasoning_content: 'Long',
            tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"x":0}' } }],
          },
        },
      ],
    });
  });

  it.each([
    ['no input', {}, 'input'],
    ['a number for input', { input: 5 }, 'input'],
    ['a part without a type', { input: [{ role: 'user', content: [{ text: 'x' }] }] }, 'input.0.content.0.type'],
    ['half a token', { input: 'x', max_output_tokens: 0.5 }, 'max_output_tokens'],
    ['a tool without a type', { input: 'x', tools: [{}] }, 'tools.0.type'],
    ['a word for stream', { input: 'x', stream: 'yes' }, 'stream'],
  ])('refuses %s', (_what, body, path) => {
    const checked = responsesProtocol.schema.safeParse({ model: 'm', ...body });
    expect(JSON.stringify(checked.error?.issues)).toContain(JSON.stringify(path.split('.').at(-1)).slice(1, -1));
    expect(checked.success).toBe(false);
  });

  it('is set by a policy where a response says what chat says elsewhere', () => {
    const format = { type: 'json_schema', json_schema: { name: 'a', schema: {} } };
    const set = { temperature: 0, reasoning_effort: 'low', verbosity: 'low', response_format: format };
    const body = { model: 'm', input: 'x', reasoning: { effort: 'high', summary: 'auto' } };
    expect(responsesProtocol.overrides?.(set, body)).toEqual({
      temperature: 0,
      reasoning: { effort: 'low', summary: 'auto' },
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'a', schema: {} } },
    });
  });

  it('words an error in a stream so that the official client throws it, and clients of the documented event read it', async () => {
    const frames = responsesProtocol.errorFrames(new RelayError('upstream_error', 'It broke off.', { param: 'x' }));
    const stream = Stream.fromSSEResponse(new Response(frames), new AbortController());
    const thrown = await (async () => {
      for await (const _ of stream);
    })().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(APIError);
    expect(thrown).toMatchObject({ code: 'upstream_error', param: 'x', type: 'api_error' });
    const data = JSON.parse(/^data: (.*)$/m.exec(frames)?.[1] ?? '') as object;
    expect(data).toMatchObject({ type: 'error', code: 'upstream_error', message: 'It broke off.', param: 'x' });
    expect(data).toHaveProperty('sequence_number', expect.any(Number));
  });
});
