import type { ExecutionPlan } from '@relay/contracts';
import { type BodyPatch, protocolOf } from '@relay/protocols';
import type { Job } from './job';

/** What the plan changes of the client's body: the upstream's name of the model, the cap on the answer, and overrides. */
export function decodingPatch(
  { asked, exchange: { operation } }: Pick<Job, 'asked' | 'exchange'>,
  upstreamModel: string,
  decoding: ExecutionPlan['decoding'],
): BodyPatch {
  const protocol = protocolOf(operation);
  const patch: Record<string, unknown> = asked['model'] === upstreamModel ? {} : { model: upstreamModel };
  if (protocol === null) return patch;
  const { max_tokens: tokens, max_completion_tokens: completion, ...overrides } = decoding.overrides;
  Object.assign(patch, protocol.overrides?.(overrides, asked) ?? overrides);
  const key = protocol.capField(asked);
  const cap = completion ?? tokens ?? null;
  if (cap !== null) patch[key] = cap;
  if (decoding.maxTokens !== null) {
    const own = patch[key] ?? asked[key];
    // Set even where the app asked for less: a key that stands twice in the body would otherwise slip past the cap.
    patch[key] = Math.min(typeof own === 'number' ? own : decoding.maxTokens, decoding.maxTokens);
  }
  return patch;
}
