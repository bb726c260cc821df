import type { JsonObject } from '../json/json-object';
import { responseToChatRequest } from './response-to-chat-request';

const messagesOf = (input: unknown, more: JsonObject = {}): unknown =>
  responseToChatRequest({ model: 'm', input, ...more }).messages;

const call = (id: string, name = 'look'): JsonObject => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name,
  arguments: `{"of":"${id}"}`,
  status: 'completed',
});
const output = (id: string): JsonObject => ({ type: 'function_call_output', call_id: id, output: `seen ${id}` });
const asChatCall = (id: string, name = 'look'): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: `{"of":"${id}"}` },
});
const toolSays = (id: string): JsonObject => ({ role: 'tool', tool_call_id: id, content: `seen ${id}` });

describe('a request for a response, as a chat completion', () => {
  it('has the instructions before the words of the user', () => {
    expect(messagesOf('Hello', { instructions: 'Be brief.' })).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
    ]);
  });

  it('knows messages with and without a type, and calls a developer what servers of chat call one', () => {
    const input = [
      { role: 'developer', content: [{ type: 'input_text', text: 'No jokes.' }] },
      { type: 'message', role: 'user', content: 'Hi' },
      {
        type: 'message',
        role: 'assistant',
        id: 'msg_1',
        content: [{ type: 'output_text', text: 'Hi!', annotations: [] }],
      },
      { role: 'user', content: [{ type: 'input_text', text: 'Bye' }] },
    ];
    expect(messagesOf(input)).toEqual([
      { role: 'system', content: 'No jokes.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hi!' },
      { role: 'user', content: 'Bye' },
    ]);
  });

  it('shows pictures, files and recordings among the words', () => {
    const content = [
      { type: 'input_text', text: 'What is this?' },
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' },
      { type: 'input_image', image_url: 'https://example.com/cat.png', detail: 'original' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
    ];
    expect(messagesOf([{ role: 'user', content }])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        ],
      },
    ]);
  });

  it('has what was said and called in one turn in one message, and leaves the thoughts out', () => {
    const input = [
      { role: 'user', content: 'Look twice' },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'xyz' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Looking.' }] },
      call('a'),
      call('b'),
      output('a'),
      output('b'),
      call('c'),
      output('c'),
    ];
    expect(messagesOf(input)).toEqual([
      { role: 'user', content: 'Look twice' },
      { role: 'assistant', content: 'Looking.', tool_calls: [asChatCall('a'), asChatCall('b')] },
      toolSays('a'),
      toolSays('b'),
      { role: 'assistant', content: null, tool_calls: [asChatCall('c')] },
      toolSays('c'),
    ]);
  });

  it('has the answers of tools right behind their calls, wherever they stand', () => {
    const input = [call('a'), call('b'), output('b'), { role: 'developer', content: 'Hurry.' }, output('a')];
    expect(messagesOf(input)).toEqual([
      { role: 'assistant', content: null, tool_calls: [asChatCall('a'), asChatCall('b')] },
      toolSays('a'),
      toolSays('b'),
      { role: 'system', content: 'Hurry.' },
    ]);
  });

  it('tells calls apart that have the same id in different turns', () => {
    const second = { ...output('a'), output: 'seen again' };
    expect(messagesOf([call('a'), output('a'), call('a'), second])).toEqual([
      { role: 'assistant', content: null, tool_calls: [asChatCall('a')] },
      toolSays('a'),
      { role: 'assistant', content: null, tool_calls: [asChatCall('a')] },
      { role: 'tool', tool_call_id: 'a', content: 'seen again' },
    ]);
  });

  it('keeps the words that stand between a call and its answer with the call', () => {
    const words = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'One moment.' }] };
    expect(messagesOf([call('a'), words, output('a')])).toEqual([
      { role: 'assistant', content: 'One moment.', tool_calls: [asChatCall('a')] },
      toolSays('a'),
    ]);
  });

  it('nests tools, and the choice of one', () => {
    const parameters = { type: 'object', properties: {} };
    const request = responseToChatRequest({
      model: 'm',
      input: 'x',
      tools: [
        { type: 'function', name: 'look', description: null, parameters, strict: true },
        { type: 'custom', name: 'sql', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
      ],
      tool_choice: { type: 'function', name: 'look' },
      parallel_tool_calls: false,
    });
    expect(request).toMatchObject({
      tools: [
        { type: 'function', function: { name: 'look', parameters, strict: true } },
        {
          type: 'custom',
          custom: { name: 'sql', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } } },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'look' } },
      parallel_tool_calls: false,
    });
    expect(JSON.stringify(request)).not.toContain('null');
  });

  it.each([
    ['auto', 'auto'],
    ['required', 'required'],
    [
      { type: 'custom', name: 'sql' },
      { type: 'custom', custom: { name: 'sql' } },
    ],
    [
      { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'look' }] },
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'look' } }] },
      },
    ],
  ])('chooses tools by %j as chat does', (choice, expected) => {
    const tools = [{ type: 'function', name: 'look', parameters: {} }];
    expect(responseToChatRequest({ model: 'm', input: 'x', tools, tool_choice: choice })['tool_choice']).toEqual(
      expected,
    );
  });

  it('says what the answer has to look like, how long it may be and how much is to be thought', () => {
    const format = { type: 'json_schema', name: 'person', schema: { type: 'object' }, strict: true };
    const request = responseToChatRequest({
      model: 'm',
      input: 'x',
      text: { format, verbosity: 'low' },
      reasoning: { effort: 'high', summary: 'auto' },
      max_output_tokens: 50,
      include: ['message.output_text.logprobs'],
      top_logprobs: 2,
    });
    expect(request).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'person', schema: { type: 'object' }, strict: true },
      },
      verbosity: 'low',
      reasoning_effort: 'high',
      max_completion_tokens: 50,
      logprobs: true,
      top_logprobs: 2,
    });
  });

  it('passes what it does not know, explicit zeros among it, and nothing that is only a response\u2019s', () => {
    const request = responseToChatRequest({
      model: 'm',
      input: 'x',
      temperature: 0,
      seed: 7,
      new_parameter: { depth: 1 },
      store: false,
      metadata: { a: 'b' },
      truncation: 'auto',
      max_output_tokens: 5,
      tools: [],
      tool_choice: 'auto',
    });
    expect(request).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
      temperature: 0,
      seed: 7,
      new_parameter: { depth: 1 },
      max_tokens: 5,
    });
  });

  it('leaves out what chat has and a response has not', () => {
    const asked = { model: 'm', input: 'x' };
    const sizes = { n: -1, max_tokens: 'x', max_completion_tokens: -5 };
    const forms = { response_format: { type: 5 }, reasoning_effort: 5, verbosity: 5, logprobs: 'x' };
    const others = { messages: 5, functions: 5, function_call: 5 };
    expect(responseToChatRequest({ ...asked, ...sizes, ...forms, ...others })).toEqual(responseToChatRequest(asked));
  });

  it('asks for usage in a stream, since a response always tells it', () => {
    expect(responseToChatRequest({ model: 'm', input: 'x', stream: true })).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('lets policies see the words of what chat has no form for', () => {
    const item = { type: 'mcp_call', name: 'wiki', output: 'Secret plans', encrypted_content: 'AAAA' };
    expect(messagesOf([item])).toEqual([
      { role: 'tool', content: JSON.stringify({ type: 'mcp_call', name: 'wiki', output: 'Secret plans' }) },
    ]);
  });
});
