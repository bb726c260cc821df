import type { LanguageModelV3Usage } from '@ai-sdk/provider';
import { usageOf } from './sdk-usage';

const counted = (input: number | undefined, output: number | undefined, parts: object = {}): LanguageModelV3Usage => ({
  inputTokens: { total: input, noCache: undefined, cacheRead: undefined, cacheWrite: undefined, ...parts },
  outputTokens: { total: output, text: undefined, reasoning: undefined },
});

describe('the usage that a package tells', () => {
  it.each([1e18, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('is not told where it is %p', (tokens) => {
    expect(usageOf(counted(tokens, tokens))).toBeNull();
    expect(usageOf(counted(3, tokens))).toMatchObject({ inputTokens: 3, outputTokens: 0 });
    expect(usageOf(counted(3, 2, { cacheRead: tokens, cacheWrite: tokens }))).toEqual({
      ...{ inputTokens: 3, cachedInputTokens: 0, outputTokens: 2, reasoningTokens: 0 },
    });
  });

  it('has no parts that are more than their whole', () => {
    const usage = usageOf({ ...counted(10, 5, { cacheRead: 8, cacheWrite: 8 }), raw: {} });
    expect(usage).toEqual({
      ...{ inputTokens: 10, cachedInputTokens: 8, cacheWriteTokens: 2, outputTokens: 5, reasoningTokens: 0 },
    });
  });

  it('may be zero', () => {
    expect(usageOf(counted(0, 0))).toMatchObject({ inputTokens: 0, outputTokens: 0 });
  });
});
