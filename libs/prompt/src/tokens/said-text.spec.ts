import { IMAGE_TOKENS } from '@relay/contracts';
import { askedText, saidText } from './said-text';

describe('the text that becomes tokens', () => {
  it('of a message is its reasoning, its content, its refusal and its calls', () => {
    const calls = [{ id: '1', function: { name: 'look', arguments: '{"at":1}' } }, { function: { arguments: '{}' } }];
    expect(
      saidText({ reasoning_content: 'So ', content: [{ type: 'text', text: 'yes' }, { type: 'image_url' }] }),
    ).toBe('So yes');
    expect(saidText({ content: null, refusal: 'No.', tool_calls: calls })).toBe('No.look{"at":1}{}');
    for (const nonsense of [null, 7, 'text', { content: 7 }, { tool_calls: [null, { function: 1 }] }]) {
      expect(saidText(nonsense)).toBe('');
    }
  });

  it('of a request is all of its messages and tools, with what the chat format and images add', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const asked = askedText({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] },
      ],
      tools: [{ type: 'function' }],
    });
    expect(asked).toEqual({
      text: 'Be brief.\nWhat is this?\n[{"type":"function"}]',
      extraTokens: 2 * 3 + 3 + IMAGE_TOKENS,
    });
  });
});
