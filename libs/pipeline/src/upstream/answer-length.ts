import type { ChatCompletionRequest } from '@relay/contracts';
import type { UpstreamOutcome } from '@relay/providers';

/** No answer is longer, in tokens; one that is said to be must not spoil what is expected of all others. */
const MAX_ANSWER_TOKENS = 1_000_000;

/** Tokens of one answer: several run beside each other, and the usage is that of all. `null`: the upstream told none. */
export function answerLength(
  { usage }: Pick<UpstreamOutcome, 'usage'>,
  { n }: Pick<ChatCompletionRequest, 'n'>,
): number | null {
  return usage && Math.min(Math.max(0, Math.round(usage.outputTokens / (n ?? 1))), MAX_ANSWER_TOKENS);
}
