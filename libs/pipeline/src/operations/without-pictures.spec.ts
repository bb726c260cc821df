import { withoutPictures } from './without-pictures';

const kept = (answer: object | string): string =>
  withoutPictures(Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)));

describe('an answer with images, in the trace', () => {
  it('tells how long the pictures are, and all else as it is', () => {
    const usage = { input_tokens: 1 };
    const data = [{ b64_json: 'A'.repeat(5_000), revised_prompt: 'A fox' }, { url: 'https://images.test/1.png' }];
    expect(JSON.parse(kept({ created: 7, data, usage }))).toEqual({
      created: 7,
      data: [{ b64_json: '(5000 characters)', revised_prompt: 'A fox' }, { url: 'https://images.test/1.png' }],
      usage,
    });
  });

  it('that is of another shape stays as it is', () => {
    expect(kept('no JSON')).toBe('no JSON');
  });
});
