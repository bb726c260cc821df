import { MAX_SEARCHABLE_BYTES, searchableText } from './searchable-text';

const textOf = (request: unknown, response: unknown = {}): string =>
  searchableText({ request: JSON.stringify(request), response: JSON.stringify(response) });

describe('the text that is searched', () => {
  it('is what was said in prompt and answer, in any protocol, and nothing around it', () => {
    const request = {
      model: 'gpt',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'What is this?' }] },
      ],
    };
    const response = { id: 'chatcmpl-1', choices: [{ message: { role: 'assistant', content: 'A cat.' } }] };
    expect(textOf(request, response)).toBe('Be brief.\nWhat is this?\nA cat.');
    const input = [{ role: 'user', content: [{ type: 'input_text', text: 'asked' }] }];
    const output = [{ type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'answered' }] }];
    expect(textOf({ instructions: 'told', input }, { output })).toBe('told\nasked\nanswered');
    expect(textOf({ system: 'told', messages: [] }, { content: [{ type: 'text', text: 'said' }] })).toBe('told\nsaid');
    expect(textOf({ input: ['one', 'two'] }, { data: [{ embedding: [0.1] }] })).toBe('one\ntwo');
  });

  it('holds no images, recordings or other base64', () => {
    const data = 'QUJD'.repeat(1_000);
    const parts = [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
      { type: 'input_audio', input_audio: { data, format: 'wav' } },
      { type: 'text', text: data },
      { type: 'text', text: 'a picture' },
    ];
    expect(textOf({ messages: [{ role: 'user', content: parts }] })).toBe('a picture');
  });

  it('is the text itself where it is no JSON', () => {
    expect(searchableText({ request: 'spoken words', response: '1\n00:00 --> 00:01\nhello' })).toContain('hello');
  });

  it('has no more bytes than the index takes, and leaves room for the answer', () => {
    const long = textOf(
      { messages: [{ role: 'user', content: 'frage '.repeat(100_000) }] },
      { choices: [{ message: { content: 'the answer' } }] },
    );
    expect(long.endsWith('the answer')).toBe(true);
    const wide = textOf({ prompt: '語'.repeat(60_000) });
    expect(Buffer.byteLength(wide)).toBeLessThanOrEqual(MAX_SEARCHABLE_BYTES);
    expect(Buffer.byteLength(wide)).toBeGreaterThan(MAX_SEARCHABLE_BYTES - 3);
  });

  it('is found in time however deep a value is', () => {
    const deep = `${'['.repeat(5_000)}"x"${']'.repeat(5_000)}`;
    expect(searchableText({ request: `{"input":${deep}}`, response: '{"text":"said"}' })).toContain('said');
  });
});
