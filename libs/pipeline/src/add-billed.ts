import type { Billed, TokenCounts } from './request-trace';

/** The tokens of an answer, null if there is none, and of all other calls that were made for it. */
export function addBilled(own: TokenCounts | null, others: readonly Billed[]): TokenCounts | null {
  let sum = own;
  for (const { usage } of others) {
    sum = {
      inputTokens: usage.inputTokens + (sum?.inputTokens ?? 0),
      cachedInputTokens: usage.cachedInputTokens + (sum?.cachedInputTokens ?? 0),
      outputTokens: usage.outputTokens + (sum?.outputTokens ?? 0),
      reasoningTokens: usage.reasoningTokens + (sum?.reasoningTokens ?? 0),
      estimated: sum?.estimated ?? false,
    };
  }
  return sum;
}
