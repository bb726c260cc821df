import type { TextCompletionRequest } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { inputsIn } from '../plain/text-content';

/** What a provider cannot be asked for that speaks only chat; null: nothing. */
export function untranslatableCompletion(body: TextCompletionRequest): RelayError | null {
  const { prompt, suffix, echo, logprobs, best_of: bestOf, n } = body;
  if (hasTokens(prompt)) return refusal('prompt', 'a prompt of tokens');
  if (inputsIn(prompt) > 1) return refusal('prompt', 'several prompts');
  if (suffix) return refusal('suffix', 'a suffix');
  if (echo) return refusal('echo', 'an echo of the prompt');
  if (typeof logprobs === 'number') return refusal('logprobs', 'log probabilities of completions');
  return (bestOf ?? 1) > (n ?? 1) ? refusal('best_of', 'a choice of the best answers') : null;
}

function hasTokens(prompt: TextCompletionRequest['prompt']): boolean {
  return typeof prompt !== 'string' && typeof prompt[0] !== 'string';
}

function refusal(param: string, what: string): RelayError {
  const message = `${param}: the model is served by a provider that speaks only chat completions, which have no words for ${what}.`;
  return new RelayError('invalid_request', message, { param });
}
