import type { ChatCompletionRequest, ExecutionPlan } from '@relay/contracts';
import type { BodyPatch } from '@relay/providers';

/** What the plan changes of the client's body: the upstream's name of the model, the cap on the answer, and overrides. */
export function decodingPatch(
  request: ChatCompletionRequest,
  upstreamModel: string,
  decoding: ExecutionPlan['decoding'],
): BodyPatch {
  const patch: Record<string, unknown> = { ...decoding.overrides };
  if (request.model !== upstreamModel) patch.model = upstreamModel;
  if (decoding.maxTokens !== null) {
    const key = request.max_completion_tokens == null ? 'max_tokens' : 'max_completion_tokens';
    // Set even where the app asked for less: a key that stands twice in the body would otherwise slip past the cap.
    patch[key] = Math.min(request[key] ?? decoding.maxTokens, decoding.maxTokens);
  }
  return patch;
}
