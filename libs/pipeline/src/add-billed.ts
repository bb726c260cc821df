import { TOKEN_PARTS, type TokenPart } from '@relay/contracts';
import type { Usage } from '@relay/protocols';
import type { Billed, TokenCounts } from './request-trace';

/** The tokens of an answer, null if there is none, and of all other calls that were made for it. */
export function addBilled(own: TokenCounts | null, others: readonly Billed[]): TokenCounts | null {
  let sum = own;
  for (const { usage } of others) sum = sum === null ? { ...usage, estimated: false } : added(sum, usage);
  return sum;
}

function added(sum: TokenCounts, usage: Usage): TokenCounts {
  const parts: Partial<Record<TokenPart, number>> = {};
  for (const part of TOKEN_PARTS) {
    if (sum[part] !== undefined || usage[part] !== undefined) parts[part] = (sum[part] ?? 0) + (usage[part] ?? 0);
  }
  return {
    inputTokens: usage.inputTokens + sum.inputTokens,
    cachedInputTokens: usage.cachedInputTokens + sum.cachedInputTokens,
    outputTokens: usage.outputTokens + sum.outputTokens,
    reasoningTokens: usage.reasoningTokens + sum.reasoningTokens,
    ...parts,
    estimated: sum.estimated,
  };
}
