import { parseRequest } from './parse-request';

const MESSAGES = [{ role: 'user', content: 'Hello' }];

function refusal(body: string | Buffer | object): { code: string; message: string; param: string | null } {
  const bytes =
    typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const parsed = parseRequest('chat', bytes);
  if (parsed.ok) throw new Error('the body was accepted');
  const { code, message, param } = parsed.error;
  return { code, message, param };
}

describe('the body of a chat completion', () => {
  it('is taken as it came, unknown fields included', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'Hi', name: 'x' }], seed: 7, logit_bias: { 5: 1 } };
    const parsed = parseRequest('chat', Buffer.from(JSON.stringify(body)));
    expect(parsed).toEqual({ ok: true, value: { asked: body, request: body } });
  });

  it('may have several parts a message, no content, and nulls for what is not wanted', () => {
    const parts = [{ type: 'image_url', image_url: { url: 'data:' } }];
    const messages = [{ role: 'user', content: parts }, { role: 'assistant', content: null }, { role: 'tool' }];
    const body = { model: 'm', messages, stream: null, max_tokens: null, tools: null };
    expect(parseRequest('chat', Buffer.from(JSON.stringify(body))).ok).toBe(true);
  });

  it.each([
    ['empty', '', 'The body is empty; expected a JSON object with "model" and "messages".'],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'The body is not valid UTF-8; expected JSON in UTF-8.'],
    ['cut off', '{"model":', 'The body is not valid JSON: it ends too early, at position 9.'],
    ['not JSON from somewhere on', '{"alice":"bob",x}', 'The body is not valid JSON, from position 15 on.'],
    ['no JSON at all', 'alice@example.com', 'The body is not valid JSON.'],
    ['two bodies', '{"a":"alice"} {"b":"bob"}', 'The body is not valid JSON, from position 14 on.'],
    ['a list with a gap', '["alice@example.com",]', 'The body is not valid JSON.'],
    ['an array', '[]', expect.stringMatching(/^The body: expected an object/)],
    ['null', 'null', expect.stringMatching(/^The body: expected an object/)],
    ['a string', '"hello"', expect.stringMatching(/^The body: expected an object/)],
  ])('that is %s is refused without naming a field', (_what, body, message: unknown) => {
    expect(refusal(body)).toEqual({ code: 'invalid_request', message, param: null });
  });

  it.each([
    ['no model', { messages: MESSAGES }, 'model'],
    ['an empty model', { model: '', messages: MESSAGES }, 'model'],
    ['a model of 257 characters', { model: 'm'.repeat(257), messages: MESSAGES }, 'model'],
    ['no messages', { model: 'm' }, 'messages'],
    ['an empty list of messages', { model: 'm', messages: [] }, 'messages'],
    ['a message that is none', { model: 'm', messages: ['Hello'] }, 'messages[0]'],
    ['a message without a role', { model: 'm', messages: [...MESSAGES, { content: 'x' }] }, 'messages[1].role'],
    ['a number for content', { model: 'm', messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [
      'a part without a type',
      { model: 'm', messages: [{ role: 'user', content: [{ text: 'x' }] }] },
      'messages[0].content[0].type',
    ],
    ['a word for stream', { model: 'm', messages: MESSAGES, stream: 'yes' }, 'stream'],
    [
      'a word for include_usage',
      { model: 'm', messages: MESSAGES, stream_options: { include_usage: 'yes' } },
      'stream_options.include_usage',
    ],
    ['no token at most', { model: 'm', messages: MESSAGES, max_tokens: 0 }, 'max_tokens'],
    ['half a token', { model: 'm', messages: MESSAGES, max_completion_tokens: 0.5 }, 'max_completion_tokens'],
    ['too high a temperature', { model: 'm', messages: MESSAGES, temperature: 2.1 }, 'temperature'],
    ['a negative top_p', { model: 'm', messages: MESSAGES, top_p: -0.1 }, 'top_p'],
    ['too many choices', { model: 'm', messages: MESSAGES, n: 129 }, 'n'],
    ['a tool without a type', { model: 'm', messages: MESSAGES, tools: [{}] }, 'tools[0].type'],
    ['a number for the user', { model: 'm', messages: MESSAGES, user: 5 }, 'user'],
  ])('with %s is refused, and told where', (_what, body, param) => {
    const { code, message, param: named } = refusal(body);
    expect([code, named]).toEqual(['invalid_request', param]);
    expect(message.startsWith(`${param}: `)).toBe(true);
  });
});
