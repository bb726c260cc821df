import type { JsonObject } from '../json/json-object';
import { messagesProtocol } from './messages.protocol';

const BASE = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const PNG = { type: 'base64', media_type: 'image/png', data: 'AAAA' };

function toChat(more: JsonObject): JsonObject {
  const body = { ...BASE, ...more };
  expect(messagesProtocol.schema.safeParse(body).success).toBe(true);
  const chat = messagesProtocol.toChat(body);
  if (!chat.ok) throw chat.error;
  return chat.value;
}

const chatMessages = (...messages: JsonObject[]): unknown => toChat({ messages })['messages'];

describe('a body of messages as a chat completion', () => {
  it('has the same model, words and cap, and nothing that was not asked for', () => {
    expect(toChat({})).toEqual({ model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });
  });

  it('keeps zeros, and leaves out nulls', () => {
    expect(toChat({ temperature: 0, top_p: 0, system: null, thinking: null })).toMatchObject({
      temperature: 0,
      top_p: 0,
    });
    expect(toChat({ metadata: { user_id: null }, tools: null })).not.toHaveProperty('user');
  });

  it.each([
    ['a string', 'Be brief.'],
    ['blocks', [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }]],
  ])('begins with the system prompt, given as %s', (_name, system) => {
    expect(toChat({ system })['messages']).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]);
  });

  it('says images, documents and texts in their order', () => {
    const content = [
      { type: 'image', source: PNG },
      { type: 'image', source: { type: 'url', url: 'https://example.test/a.png' } },
      { type: 'document', source: { ...PNG, media_type: 'application/pdf' }, title: 'plan.pdf' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Notes' }, title: 'Title' },
      { type: 'text', text: 'Compare.' },
    ];
    expect(chatMessages({ role: 'user', content })).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'image_url', image_url: { url: 'https://example.test/a.png' } },
          { type: 'file', file: { filename: 'plan.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
          { type: 'text', text: 'Title\nNotes' },
          { type: 'text', text: 'Compare.' },
        ],
      },
    ]);
  });

  it('has parallel calls in one message, arguments as strings, thoughts left out, and each result right behind', () => {
    const calls = [
      { type: 'thinking', thinking: 'Two cities.', signature: 'sig' },
      { type: 'text', text: 'Looking.' },
      { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Köln', days: 0 } },
      { type: 'tool_use', id: 't2', name: 'weather', input: {} },
    ];
    const results = [
      { type: 'text', text: 'And now?' },
      { type: 'tool_result', tool_use_id: 't1', content: 'Sunny' },
      { type: 'tool_result', tool_use_id: 't2', is_error: true, content: [{ type: 'text', text: 'No city' }] },
    ];
    expect(chatMessages({ role: 'assistant', content: calls }, { role: 'user', content: results })).toEqual([
      {
        role: 'assistant',
        content: 'Looking.',
        tool_calls: [
          { id: 't1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln","days":0}' } },
          { id: 't2', type: 'function', function: { name: 'weather', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 't1', content: 'Sunny' },
      { role: 'tool', tool_call_id: 't2', content: 'Error: No city' },
      { role: 'user', content: 'And now?' },
    ]);
  });

  it('shows images of a result behind all results, since a result holds text only', () => {
    const image = { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'image', source: PNG }] };
    const other = { type: 'tool_result', tool_use_id: 't2', content: 'ok' };
    expect(chatMessages({ role: 'user', content: [image, other] })).toEqual([
      { role: 'tool', tool_call_id: 't1', content: '' },
      { role: 'tool', tool_call_id: 't2', content: 'ok' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Shown by the result of t1:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ]);
  });

  it.each([
    [{ type: 'auto' }, 'auto'],
    [{ type: 'any' }, 'required'],
    [{ type: 'none' }, 'none'],
    [
      { type: 'tool', name: 'f' },
      { type: 'function', function: { name: 'f' } },
    ],
  ])('says which tool is to be called: %j', (choice, expected) => {
    const tools = [{ name: 'f', description: 'd', input_schema: { type: 'object' } }];
    const chat = toChat({ tools, tool_choice: { ...choice, disable_parallel_tool_use: true } });
    expect(chat).toMatchObject({
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }],
      tool_choice: expected,
      parallel_tool_calls: false,
    });
  });

  it('offers no choice where there are no tools', () => {
    expect(toChat({ tool_choice: { type: 'any' } })).not.toHaveProperty('tool_choice');
  });

  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 1_024 } }, 'low'],
    [{ thinking: { type: 'enabled', budget_tokens: 8_000 } }, 'medium'],
    [{ thinking: { type: 'enabled', budget_tokens: 32_000 } }, 'high'],
    [{ output_config: { effort: 'max' } }, 'high'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, 'low'],
  ])('asks for the effort that is meant by %j, with the cap that models that reason know', (more, effort) => {
    const chat = toChat(more);
    expect(chat).toMatchObject({ reasoning_effort: effort, max_completion_tokens: 100 });
    expect(chat).not.toHaveProperty('max_tokens');
  });

  it.each([{ thinking: { type: 'disabled' } }, { thinking: { type: 'adaptive' } }])(
    'asks for no effort: %j',
    (more) => {
      expect(toChat(more)).not.toHaveProperty('reasoning_effort');
    },
  );

  it('asks for structured output, stop strings, the user, and the usage of a stream', () => {
    const schema = { type: 'object' };
    const output_config = { format: { type: 'json_schema', schema } };
    const more = { output_config, stop_sequences: ['END'], metadata: { user_id: 'u-1' }, stream: true };
    expect(toChat(more)).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema, strict: true } },
      stop: ['END'],
      user: 'u-1',
      stream: true,
      stream_options: { include_usage: true },
    });
  });
});

it('a user whose name is too long for OpenAI stays the same user, and another than any other', () => {
  const userOf = (user_id: string): unknown => toChat({ metadata: { user_id } })['user'];
  const long = 'user_'.padEnd(150, 'a');
  expect(userOf('u'.repeat(64))).toBe('u'.repeat(64));
  expect(userOf(long)).toMatch(/^[0-9a-f]{64}$/);
  expect(userOf(long)).toBe(userOf(long));
  expect(userOf(long)).not.toBe(userOf(`${long}b`));
});

it('a message without words is an empty text', () => {
  expect(chatMessages({ role: 'user', content: [] }, { role: 'assistant', content: [] })).toEqual([
    { role: 'user', content: '' },
    { role: 'assistant', content: '' },
  ]);
});

describe('the check of a body', () => {
  it.each([
    ['no messages', { messages: [] }],
    ['content of another type', { messages: [{ role: 'user', content: 5 }] }],
    ['a cap below one', { max_tokens: 0 }],
    ['a tool choice that is a string', { tool_choice: 'any' }],
  ])('refuses %s', (_name, more) => {
    expect(messagesProtocol.schema.safeParse({ ...BASE, ...more }).success).toBe(false);
  });

  it('lets unknown fields and blocks pass', () => {
    const messages = [{ role: 'user', content: [{ type: 'hologram', depth: 1 }] }];
    expect(messagesProtocol.schema.safeParse({ ...BASE, messages, context_management: {} }).success).toBe(true);
  });
});
