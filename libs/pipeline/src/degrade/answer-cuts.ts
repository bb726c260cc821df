import type { ChatCompletionRequest, ExecutionPlan } from '@relay/contracts';

/** Tokens that an answer may be cut to, longest first: few, so that few different plans come of them. The last is never gone below. */
const CUTS: readonly number[] = [8_192, 4_096, 2_048, 1_024, 512, 256, 128];
const NONE: readonly number[] = [];

/** Tokens at which the answer ends at the latest, as the app and the policy have it; null: nobody said. */
export function askedTokens(request: ChatCompletionRequest, { overrides, maxTokens }: Decoding): number | null {
  const overridden = overrides['max_completion_tokens'] ?? overrides['max_tokens'];
  const asked = overridden ?? request.max_completion_tokens ?? request.max_tokens ?? Infinity;
  const least = Math.min(typeof asked === 'number' ? asked : Infinity, maxTokens ?? Infinity);
  return least === Infinity ? null : least;
}

/** Shorter ones than was asked for. None where an answer that breaks off is of no use: JSON, and calls of tools. */
export function cutsFor(request: ChatCompletionRequest, asked: number | null): readonly number[] {
  const { response_format: format, tools } = request;
  if ((format && format.type !== 'text') || (tools && tools.length > 0)) return NONE;
  return asked === null ? CUTS : CUTS.filter((cut) => cut < asked);
}

type Decoding = ExecutionPlan['decoding'];
