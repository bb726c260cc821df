import { cpuMs } from '@relay/testing';
import { countExactly } from './count-exactly';

describe('the exact count', () => {
  it('is what o200k_base makes of a text', () => {
    expect(countExactly('')).toBe(0);
    expect(countExactly('hello world')).toBe(2);
    expect(countExactly('antidisestablishmentarianism')).toBe(6);
  });

  it('takes the names of control tokens for text', () => {
    expect(countExactly('a <|endoftext|> b')).toBeGreaterThan(5);
  });

  it.each(['a', ' ', '=-', '你', '😀'])('takes time by the length of a text of nothing but %j', (char) => {
    const ms = cpuMs(() => expect(countExactly(char.repeat(60_000 / char.length))).toBeGreaterThan(100));
    expect(ms).toBeLessThan(2_500); // in one piece it would take seconds
  });
});
