import type { ChatCompletionRequest } from '@relay/contracts';
import { fingerprintText } from '../fingerprint-text';
import { questionOf } from './question';

const request = (fields: object): ChatCompletionRequest => ({
  model: 'small',
  messages: [{ role: 'user', content: 'hi' }],
  ...fields,
});
const restOf = (fields: object): string => fingerprintText(questionOf(request(fields))?.rest);

describe('the question of a request', () => {
  it('is the last turn of the user', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'First?' },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: 'Second?' },
    ];
    expect(questionOf(request({ messages }))?.text).toBe('Second?');
  });

  it('joins text parts', () => {
    const content = [
      { type: 'text', text: 'What is' },
      { type: 'text', text: 'a relay?' },
    ];
    expect(questionOf(request({ messages: [{ role: 'user', content }] }))?.text).toBe('What is\na relay?');
  });

  it('has the same rest whether the words come as a string or in parts', () => {
    expect(restOf({ messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] })).toBe(restOf({}));
  });

  it('keeps in its rest what a part carries besides text', () => {
    const content = [{ type: 'text', text: 'hi', annotations: ['x'] }];
    expect(restOf({ messages: [{ role: 'user', content }] })).not.toBe(restOf({}));
  });

  it.each([
    ['nobody has asked', [{ role: 'system', content: 'Be brief.' }]],
    ['the turn is blank', [{ role: 'user', content: ' \n' }]],
    ['the turn has no content', [{ role: 'user', content: null }]],
    ['the turn has an image', [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }]],
  ])('is none when %s', (_why, messages) => {
    expect(questionOf(request({ messages }))).toBeNull();
  });

  it.each([{ stream: true }, { user: 'u1' }, { metadata: { a: 'b' } }, { temperature: 1 }, { seed: null }])(
    'does not depend on %j',
    (fields) => {
      expect(restOf(fields)).toBe(restOf({}));
    },
  );
});
