import { bodyOf, EMPTY_DRAFT, headersOf, problemOf } from './draft';

const draft = { ...EMPTY_DRAFT, turns: [{ role: 'user', text: 'Hello' }] as const };

describe('the form of the playground', () => {
  it('becomes the body of a chat completion, without what was left open', () => {
    expect(bodyOf({ ...draft, system: 'Be brief.', temperature: '0', maxTokens: '' }, 'auto')).toEqual({
      model: 'auto',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('asks for no stream where none is wanted', () => {
    expect(bodyOf({ ...draft, stream: false }, 'auto')).not.toHaveProperty('stream');
  });

  it('puts what steers the relay into headers, and only what was chosen', () => {
    expect(headersOf(draft)).toEqual({});
    expect(headersOf({ ...draft, cacheControl: 'no-store', tags: ' docs ' })).toEqual({
      'cache-control': 'no-store',
      'x-relay-tags': 'docs',
    });
  });

  it('says what is missing before anything is sent', () => {
    expect(problemOf(draft, ['auto'])).toBeNull();
    expect(problemOf(draft, ['auto', ' '])).toContain('model');
    expect(problemOf(EMPTY_DRAFT, ['auto'])).toContain('message');
    expect(problemOf({ ...draft, topP: 'much' }, ['auto'])).toContain('Top p');
    expect(problemOf({ ...draft, tags: 'grün' }, ['auto'])).toContain('ASCII');
  });
});
