import { askedExcerpt } from './asked-excerpt';

const chat = (...messages: object[]): string => JSON.stringify({ model: 'small', messages });

describe('what is shown of a request', () => {
  it.each([
    [
      'the last turn of the user',
      chat({ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }, { role: 'user', content: 'c' }),
      'c',
    ],
    [
      'its texts, of a turn in parts',
      chat({ role: 'user', content: [{ type: 'text', text: 'See' }, { type: 'image_url' }, { text: 'this' }] }),
      'See this',
    ],
    ['an input', JSON.stringify({ input: 'embed\n me' }), 'embed me'],
    ['nothing without a user', chat({ role: 'system', content: 'a' }), null],
    ['nothing of what is no JSON', 'not json', null],
    ['nothing of other JSON', '[null]', null],
  ])('is %s', (_what, request, excerpt) => {
    expect(askedExcerpt(request)).toBe(excerpt);
  });

  it('is no longer than a line or two, and cuts no character', () => {
    const excerpt = askedExcerpt(chat({ role: 'user', content: '😀'.repeat(500) }));
    expect(excerpt).toBe(`${'😀'.repeat(200)}…`);
  });
});
