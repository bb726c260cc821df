import { maskKept, NOT_KEPT } from './mask-kept';

describe('masking texts that are kept', () => {
  it('numbers values alike in all of them, and leaves numbers out that a text uses already', () => {
    const { texts, changed } = maskKept(['{"a":"x@example.com [EMAIL_1]"}', 'x@example.com, y@example.com'], ['email']);
    expect(texts).toEqual(['{"a":"[EMAIL_2] [EMAIL_1]"}', '[EMAIL_2], [EMAIL_3]']);
    expect(changed).toBe(true);
  });

  it('looks into arguments of tools, lists, and strings, and leaves texts without findings as they are written', () => {
    const call = JSON.stringify({ calls: [{ arguments: '{"to":"x@example.com"}' }] });
    expect(maskKept([call], ['email']).texts[0]).toContain('{\\"to\\":\\"[EMAIL_1]\\"}');
    expect(maskKept(['["x@example.com"]', '"x@example.com"'], ['email']).texts).toEqual([
      '["[EMAIL_1]"]',
      '"[EMAIL_1]"',
    ]);
    expect(maskKept(['{ "a" :  1.0 }'], ['email'])).toEqual({ texts: ['{ "a" :  1.0 }'], changed: false });
  });

  it('keeps nothing of what is too long or too deep to be looked through', () => {
    const long = 'word '.repeat(250_000);
    const deep = `${'['.repeat(150)}"x@example.com"${']'.repeat(150)}`;
    const bottomless = `${'['.repeat(100_000)}"x@example.com"${']'.repeat(100_000)}`;
    expect(maskKept([long, JSON.stringify(long), deep], ['email']).texts).toEqual([NOT_KEPT, NOT_KEPT, NOT_KEPT]);
    expect(maskKept([bottomless], ['email']).texts[0]).not.toContain('x@example.com');
  });
});
