import type { ChatCompletionRequest } from '@relay/contracts';
import type { UpstreamOutcome } from '@relay/providers';

/** Tokens of one answer: several run beside each other, and the usage is that of all. `null`: the upstream told none. */
export function answerLength(
  { usage }: Pick<UpstreamOutcome, 'usage'>,
  { n }: Pick<ChatCompletionRequest, 'n'>,
): number | null {
  return usage && Math.round(usage.outputTokens / (n ?? 1));
}
