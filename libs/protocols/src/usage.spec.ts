import { readUsage } from './usage';

describe('usage as a provider reports it', () => {
  it('is read, zero included', () => {
    expect(readUsage({ prompt_tokens: 0, completion_tokens: 7 })).toMatchObject({ inputTokens: 0, outputTokens: 7 });
  });

  it.each([1.5, 1e300, 3_000_000_000, -1, NaN, '12', null])('counts as not said where it is %p', (nonsense) => {
    expect(readUsage({ prompt_tokens: nonsense, completion_tokens: 7 })).toMatchObject({
      inputTokens: 0,
      outputTokens: 7,
    });
    expect(readUsage({ prompt_tokens: nonsense, completion_tokens: nonsense })).toBeNull();
  });
});
