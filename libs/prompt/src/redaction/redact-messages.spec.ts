import type { ChatMessage } from '@relay/contracts';
import { MAX_INSPECTED_CHARS } from '../signals/inspection';
import { restoreText } from './placeholders';
import { isInspectable, piiKindsOf, redactMessages } from './redact-messages';

const user = (content: ChatMessage['content']): ChatMessage => ({ role: 'user', content });

describe('redacting messages', () => {
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

  it('covers content parts, refusals, reasoning and tool calls, and leaves images, names and ids alone', () => {
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
      user([{ type: 'text', text: '[EMAIL_1]' }, image]),
      {
        role: 'assistant',
        name: 'a@example.com',
        content: null,
        refusal: 'not to [EMAIL_1]',
        reasoning_content: '[EMAIL_1]?',
        tool_calls: [
          { id: 'a@example.com', type: 'function', function: { name: 'mail', arguments: '{"to": "[EMAIL_1]"}' } },
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
      return (messages[0]?.['tool_calls'] as (typeof call)[])[0]?.function.arguments ?? '';
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
    const half = 'x'.repeat(MAX_INSPECTED_CHARS / 2 - 1);
    expect(isInspectable([user(half), user(half)])).toBe(true);
    expect(isInspectable([user(half), user([{ type: 'text', text: `${half}x` }])])).toBe(false);
  });
});
