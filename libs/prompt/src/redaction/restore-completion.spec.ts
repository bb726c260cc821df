import { restoreCompletion } from './restore-completion';

const PLAIN = { jsonContent: false };
const KEY = '-----BEGIN "KEY"-----\n\\x';
const table = new Map([
  ['[EMAIL_1]', 'alice@example.com'],
  ['[PRIVATE_KEY_1]', KEY],
]);

interface Completion {
  choices: { message: { content: string; tool_calls: { function: { arguments: string } }[] } }[];
}
const parse = (json: string): Completion => JSON.parse(json) as Completion;

describe('restoring a completion', () => {
  it('puts originals into every choice, and leaves all other bytes as they came', () => {
    const json =
      '{ "id":"[EMAIL_1]", "created":1.70e9,"choices":[{"index":0,"message":{"content":"To [EMAIL_1], \\u00e9 [EMAIL_2]"}},\n' +
      '{"index":1,"message":{"content":"[EMAIL_1][EMAIL_1]"}} ], "usage":{"total_tokens":1.0}, "relay":{"plan":"[EMAIL_1]"} }';
    expect(restoreCompletion(json, table, PLAIN)).toBe(
      '{ "id":"[EMAIL_1]", "created":1.70e9,"choices":[{"index":0,"message":{"content":"To alice@example.com, é [EMAIL_2]"}},\n' +
        '{"index":1,"message":{"content":"alice@example.comalice@example.com"}} ], "usage":{"total_tokens":1.0}, "relay":{"plan":"[EMAIL_1]"} }',
    );
  });

  it('escapes originals once in text, twice in the arguments of tool calls', () => {
    const args = '{"key":"[PRIVATE_KEY_1]","n":1.0}';
    const json = JSON.stringify({
      choices: [{ message: { content: 'Key: [PRIVATE_KEY_1]', tool_calls: [{ function: { arguments: args } }] } }],
    });
    const { message } = parse(restoreCompletion(json, table, PLAIN)).choices[0] ?? {};
    expect(message?.content).toBe(`Key: ${KEY}`);
    expect(JSON.parse(message?.tool_calls[0]?.function.arguments ?? '')).toEqual({ key: KEY, n: 1 });
  });

  it('escapes originals twice in content that was asked for as JSON', () => {
    const json = JSON.stringify({ choices: [{ message: { content: '{"key":"[PRIVATE_KEY_1]"}' } }] });
    const { message } = parse(restoreCompletion(json, table, { jsonContent: true })).choices[0] ?? {};
    expect(JSON.parse(message?.content ?? '')).toEqual({ key: KEY });
  });

  it.each([
    ['without placeholders', '{"choices":[{"message":{"content":"Hi"}}]}'],
    ['of an error', '{"error":{"message":"[EMAIL_1] is not allowed"}}'],
    ['that is no JSON', '<html>[EMAIL_1]</html>'],
    ['that was cut off', '{"id":"x","cho'],
  ])('leaves a body %s as it is', (_name, body) => expect(restoreCompletion(body, table, PLAIN)).toBe(body));

  it('does not restore what an original happens to hold', () => {
    const tricky = new Map([
      ['[EMAIL_1]', '[EMAIL_2]'],
      ['[EMAIL_2]', 'b@example.com'],
    ]);
    const json = JSON.stringify({ choices: [{ message: { content: '[EMAIL_1]' } }] });
    expect(parse(restoreCompletion(json, tricky, PLAIN)).choices[0]?.message.content).toBe('[EMAIL_2]');
  });
});
