import type { ChatCompletionRequest, ChatMessage, PiiKind } from '@relay/contracts';
import { MAX_INSPECTED_CHARS } from '../signals/inspection';
import { restoreText } from './placeholders';
import { maskText, piiKindsOf as kindsOf, redactRequest } from './redact-request';
import { isInspectable as isWhole } from './request-texts';

const requestOf = (messages: ChatMessage[], fields: object = {}): ChatCompletionRequest => ({
  model: 'm',
  messages,
  ...fields,
});
const redactMessages = (messages: ChatMessage[], kinds?: readonly PiiKind[]) => {
  const { request, ...found } = redactRequest(requestOf(messages), kinds);
  return { messages: request.messages, ...found };
};
const piiKindsOf = (messages: ChatMessage[], kinds?: readonly PiiKind[]): PiiKind[] =>
  kindsOf(requestOf(messages), kinds);
const isInspectable = (messages: ChatMessage[]): boolean => isWhole(requestOf(messages));

const user = (content: ChatMessage['content']): ChatMessage => ({ role: 'user', content });

describe('redacting a request', () => {
  it('puts one placeholder for one value wherever it stands, numbered by first appearance and kind', () => {
    const { messages, table, kinds, count } = redactMessages([
      { role: 'system', content: 'Copy bob@example.com on everything.' },
      user('I am alice@example.com, card 4111 1111 1111 1111. Tell bob@example.com.'),
    ]);
    expect(messages.map(({ content }) => content)).toEqual([
      'Copy [EMAIL_1] on everything.',
      'I am [EMAIL_2], card [CARD_1]. Tell [EMAIL_1].',
    ]);
    expect([...table]).toEqual([
      ['[EMAIL_1]', 'bob@example.com'],
      ['[EMAIL_2]', 'alice@example.com'],
      ['[CARD_1]', '4111 1111 1111 1111'],
    ]);
    expect([kinds, count]).toEqual([['card', 'email'], 4]);
  });

  it('gives back the same messages where there is nothing to redact', () => {
    const messages = [user('Hello'), user([{ type: 'text', text: 'there' }])];
    const redacted = redactMessages(messages);
    expect(redacted.messages[0]).toBe(messages[0]);
    expect(redacted.messages[1]).toBe(messages[1]);
    expect(redacted.table.size).toBe(0);
  });

  it('redacts the wanted kinds only', () => {
    const { messages } = redactMessages([user('a@example.com from 203.0.113.77')], ['ip']);
    expect(messages[0]?.content).toBe('a@example.com from [IP_1]');
  });

  it('never takes a placeholder that the conversation holds already', () => {
    const text = 'What does [EMAIL_1] or [EMAIL_3] mean? Ask x@example.com or y@example.com.';
    const { messages, table } = redactMessages([user(text)]);
    expect(messages[0]?.content).toBe('What does [EMAIL_1] or [EMAIL_3] mean? Ask [EMAIL_2] or [EMAIL_4].');
    expect(restoreText(messages[0]?.content as string, table)).toBe(text);
  });

  it('covers content parts, links, refusals, reasoning, names, ids and tool calls', () => {
    const image = { type: 'image_url', image_url: { url: 'https://a@example.com/x.png' } };
    const { messages } = redactMessages([
      user([{ type: 'text', text: 'a@example.com' }, image]),
      {
        role: 'assistant',
        name: 'a@example.com',
        content: null,
        refusal: 'not to a@example.com',
        reasoning_content: 'a@example.com?',
        tool_calls: [
          { id: 'a@example.com', type: 'function', function: { name: 'mail', arguments: '{"to": "a@example.com"}' } },
          { id: 'c2', type: 'custom', custom: { name: 'sh', input: 'mail a@example.com' } },
        ],
      },
      { role: 'assistant', content: '', function_call: { name: 'mail', arguments: '{"to":["a@example.com"]}' } },
      { role: 'tool', tool_call_id: 'c2', content: 'sent to a@example.com' },
    ]);
    expect(messages).toEqual([
      user([
        { type: 'text', text: '[EMAIL_1]' },
        { type: 'image_url', image_url: { url: 'https://[EMAIL_1]/x.png' } },
      ]),
      {
        role: 'assistant',
        name: '[EMAIL_1]',
        content: null,
        refusal: 'not to [EMAIL_1]',
        reasoning_content: '[EMAIL_1]?',
        tool_calls: [
          { id: '[EMAIL_1]', type: 'function', function: { name: 'mail', arguments: '{"to": "[EMAIL_1]"}' } },
          { id: 'c2', type: 'custom', custom: { name: 'sh', input: 'mail [EMAIL_1]' } },
        ],
      },
      { role: 'assistant', content: '', function_call: { name: 'mail', arguments: '{"to":["[EMAIL_1]"]}' } },
      { role: 'tool', tool_call_id: 'c2', content: 'sent to [EMAIL_1]' },
    ]);
  });

  it('keeps the arguments of tool calls valid JSON, numbers and escapes included', () => {
    const argumentsOf = (json: string): string => {
      const call = { id: 'c', type: 'function', function: { name: 'f', arguments: json } };
      const { messages } = redactMessages([{ role: 'assistant', tool_calls: [call] }]);
      return (messages[0]!['tool_calls'] as (typeof call)[])[0]?.function.arguments ?? '';
    };
    expect(argumentsOf('{"card": 4111111111111111, "n": 1.0}')).toBe('{"card": "[CARD_1]", "n": 1.0}');
    expect(argumentsOf('{"q":"say \\"a@example.com\\"\\n"}')).toBe('{"q":"say \\"[EMAIL_1]\\"\\n"}');
    expect(argumentsOf('{"a@example.com":1}')).toBe('{"[EMAIL_1]":1}');
    expect(argumentsOf('{"to": "a@example.com"')).toBe('{"to": "[EMAIL_1]"'); // torn: as plain text
    expect(argumentsOf(`${'['.repeat(50_000)}"a@example.com"${']'.repeat(50_000)}`)).toContain('"[EMAIL_1]"');
  });

  it('tells which kinds there are without changing anything', () => {
    expect(piiKindsOf([user('a@example.com 4111111111111111'), user('203.0.113.77')])).toEqual(['card', 'email', 'ip']);
    expect(piiKindsOf([user('a@example.com')], ['phone'])).toEqual([]);
  });

  it('looks for kinds in the first million characters of all messages together', () => {
    const half = 'x '.repeat(MAX_INSPECTED_CHARS / 4);
    expect(piiKindsOf([user(half), user('a@example.com'), user(half)])).toEqual(['email']);
    expect(piiKindsOf([user(half), user(half), user('a@example.com')])).toEqual([]);
  });

  it('can look at a million characters of all messages together', () => {
    const half = 'x'.repeat(MAX_INSPECTED_CHARS / 2 - 10); // 14 values, "m" and two times "user"
    expect(isInspectable([user(half), user(half)])).toBe(true);
    expect(isInspectable([user(half), user([{ type: 'text', text: `${half}x` }])])).toBe(false);
  });

  it('covers every string of the body but the name of the model', () => {
    const schema = { type: 'object', properties: { to: { type: 'string', examples: ['a@example.com'] } } };
    const fields = {
      user: 'a@example.com',
      metadata: { owner: 'b@example.com', deep: [[{ x: 'a@example.com' }]] },
      tools: [{ type: 'function', function: { name: 'mail', description: 'As a@example.com', parameters: schema } }],
      prediction: { type: 'content', content: [{ type: 'text', text: 'a@example.com' }] },
      stop: ['a@example.com'],
      unknown: 'a@example.com',
    };
    const parts = [
      { type: 'input_text', text: 'x', input: 'b@example.com' },
      { type: 'file', file: { filename: 'a@example.com', file_id: 'a@example.com' } },
      { type: 'image_url', image_url: { url: 'https://i.example/?to=a@example.com' } },
    ];
    const message = { ...user(parts), extra: 'a@example.com' };
    const { request, count } = redactRequest({ ...requestOf([message], fields), model: 'a@example.com' });
    const { model, ...others } = request;
    expect(JSON.stringify(others)).not.toContain('@');
    expect([model, request.user, count]).toEqual(['a@example.com', '[EMAIL_2]', 13]);
    expect(kindsOf(requestOf([user('Hi')], { user: 'a@example.com' }))).toEqual(['email']);
  });

  it('keeps fields with the name of what objects have', () => {
    const json =
      '{"model":"m","messages":[{"role":"user","__proto__":"a@example.com"}],"__proto__":{"x":"a@example.com"}}';
    const { request } = redactRequest(JSON.parse(json) as ChatCompletionRequest);
    expect(JSON.stringify(request)).toBe(json.replaceAll('a@example.com', '[EMAIL_1]'));
  });

  it('numbers what stands in messages first, whatever the order of the fields', () => {
    const request = { user: 'b@example.com', ...requestOf([user('a@example.com')]) };
    expect(redactRequest(request).request).toEqual({ ...requestOf([user('[EMAIL_1]')]), user: '[EMAIL_2]' });
  });

  it('passes over inline images, audio and files, but not over what stands before the data or is too short for one', () => {
    const data = '/4111111111111111/'.repeat(20);
    const parts = [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
      { type: 'input_audio', input_audio: { format: 'wav', data } },
      { type: 'file', file: { file_data: `data:application/pdf;base64,${data}==` } },
    ];
    const request = requestOf([user(parts)]);
    expect(redactRequest(request).request).toBe(request);
    expect(isWhole(requestOf([user([{ type: 'file', file: { file_data: 'A'.repeat(2_000_000) } }])]))).toBe(true);
    const urlOf = (url: string): unknown => redactRequest(requestOf([user('Hi')], { url })).request['url'];
    expect(urlOf(`data:a@example.com;base64,${data}`)).toBe(`data:[EMAIL_1];base64,${data}`);
    expect(urlOf('data:text/plain;base64,4111111111111111')).toBe('data:text/plain;base64,[CARD_1]');
    expect(urlOf(`data:text/plain,a@example.com ${data}`)).toContain('[EMAIL_1]');
    expect(redactRequest(requestOf([user(`data:image/png;base64,${data}`)])).count).toBe(20); // no place for an image
  });

  it('cannot look at what is nested too deep, or has too many values', () => {
    const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(isWhole(requestOf([user('Hi')], { x: nested(99) }))).toBe(true);
    expect(isWhole(requestOf([user('Hi')], { x: nested(100) }))).toBe(false);
    const deep = requestOf([user('Hi')], { x: nested(100_000) });
    expect([isWhole(deep), kindsOf(deep)]).toEqual([false, []]);
    expect(isWhole(requestOf([user('Hi')], { x: new Array(MAX_INSPECTED_CHARS).fill(0) }))).toBe(false);
  });

  it('masks a text of its own with the placeholders of the request, without adding to them', () => {
    const { table } = redactRequest(requestOf([user('a@example.com')]));
    expect(maskText('a@example.com b@example.com', ['email'], table)).toBe('[EMAIL_1] [EMAIL_2]');
    expect(table.size).toBe(1);
  });
});
