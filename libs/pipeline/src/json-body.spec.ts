import { chatCompletionRequestSchema, createBatchSchema, feedbackRequestSchema } from '@relay/contracts';
import type { z } from 'zod';
import { describeIssue } from './json-body';

describe('what is said of a body that is not as it should be', () => {
  const CHAT = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
  const BATCH = { input_file_id: 'file-1', endpoint: '/v1/responses', completion_window: '24h' };
  const GOOD = { trace_id: '019aabcd-0000-7000-8000-000000000000', score: 1 };

  const said = (schema: z.ZodType, body: unknown): string | null => {
    const checked = schema.safeParse(body);
    const found = checked.success ? null : describeIssue(checked.error.issues[0]);
    return found === null || found.ok ? null : found.error.message;
  };

  it.each([
    ['messages: expected a list, found nothing', { model: 'm' }],
    ['messages: expected at least 1 item', { ...CHAT, messages: [] }],
    ['messages[0].content: expected a text or a list or null, found a number', chatSaying(7)],
    ['messages[0].content[0].type: expected a text, found nothing', chatSaying([{}])],
    ['model: expected at least 1 character', { ...CHAT, model: '' }],
    ['max_tokens: expected a whole number, found a number', { ...CHAT, max_tokens: 1.5 }],
    ['max_tokens: expected more than 0', { ...CHAT, max_tokens: 0 }],
    ['temperature: expected at most 2', { ...CHAT, temperature: 3 }],
    ['stream: expected true or false, found a text', { ...CHAT, stream: 'yes' }],
    ['The body: expected an object, found a list', []],
  ])('%s', (message, body) => {
    expect(said(chatCompletionRequestSchema, body)).toBe(message);
  });

  it('names the values that are allowed', () => {
    expect(said(createBatchSchema, { ...BATCH, completion_window: '1h' })).toBe('completion_window: expected 24h');
    expect(said(createBatchSchema, { ...BATCH, endpoint: '/v1/files' })).toMatch(
      /^endpoint: expected \/v1\/chat\/completions or /,
    );
  });

  it('names a field that is not known, and keeps the words that a schema has of its own', () => {
    expect(said(feedbackRequestSchema, { ...GOOD, stars: 5 })).toBe('The body: unknown field stars');
    const metadata = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`key${i}`, '']));
    expect(said(createBatchSchema, { ...BATCH, metadata })).toBe('metadata: at most 16 pairs');
  });

  function chatSaying(content: unknown): object {
    return { model: 'm', messages: [{ role: 'user', content }] };
  }
});
