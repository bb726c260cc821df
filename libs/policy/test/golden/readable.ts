import type { ExplainReply } from '@relay/contracts';

/** An explanation as a person reads it; durations in ms. */
export function readable({ plan, decisions, candidates, features, predicted }: ExplainReply): string {
  const { route, queue, cache, guards, retries, decoding } = plan;
  const { task, language, complexity, injection, pii, inputTokens } = {
    task: features['features.task'],
    language: features['features.language'],
    complexity: features['features.complexity'],
    injection: features['features.injection'],
    pii: features['features.pii'],
    inputTokens: features['features.inputTokens'],
  };
  return [
    `prompt:   ${JSON.stringify({ task, language, complexity, injection, pii, inputTokens })}`,
    `serve:    ${candidates[0]?.model} at ${candidates[0]?.provider}, by ${route.strategy}`,
    `expected: ${JSON.stringify(predicted)}`,
    `level:    ${plan.serviceLevel}, queue ${queue.class}, deadline ${plan.deadlineMs}`,
    `cache:    exact ${cache.exact.enabled ? 'on' : 'off'}, semantic ${cache.semantic.mode}`,
    `guards:   injection ${guards.injection.action}, pii ${guards.pii.action}`,
    `retries:  ${JSON.stringify(retries)}, max tokens ${decoding.maxTokens}`,
    'candidates:',
    ...candidates.map(
      ({ model, provider, score, terms }) => `  ${model} at ${provider}: ${score} ${JSON.stringify(terms)}`,
    ),
    'not:',
    ...route.rejected.map(({ model, provider, reason }) => `  ${model}${provider ? ` at ${provider}` : ''}: ${reason}`),
    'because:',
    ...decisions.map(
      ({ rule, verdict, reason, changed }) => `  ${verdict} ${rule}: ${reason} -> ${changed.join(', ') || 'nothing'}`,
    ),
  ].join('\n');
}
