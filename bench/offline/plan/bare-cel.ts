import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { PlanRequest } from '@relay/policy';
import { fiftyRules } from './fifty-rules';

/**
 * The reference: the same conditions, evaluated one after the other over plain objects that are there already, with no plan
 * made of the outcome.
 */
export function bareCel(): (request: PlanRequest) => number {
  const environment = new Environment();
  for (const variable of ['tenant', 'request', 'features']) environment.registerVariable(variable, 'map');
  const conditions: ParseResult[] = fiftyRules().map(({ when }) => environment.parse(when));
  const contexts = new WeakMap<PlanRequest, Record<string, unknown>>();
  return (request) => {
    let context = contexts.get(request);
    if (!context) contexts.set(request, (context = contextOf(request)));
    let matched = 0;
    for (const condition of conditions) if (condition(context) === true) matched++;
    return matched;
  };
}

function contextOf({ body, principal, headers, prompt, textTokens }: PlanRequest): Record<string, unknown> {
  return {
    tenant: { tier: principal.tenant.tier },
    request: {
      n: 1n,
      tags: headers.tags,
      maxTokens: BigInt(body.max_tokens ?? 0),
      stream: body.stream ?? false,
      user: body.user ?? '',
    },
    features: { inputTokens: BigInt(textTokens), complexity: prompt.complexity, task: prompt.task, hour: 13n },
  };
}
