import type { ExecutionPlan } from '@relay/contracts';
import { canonicalJson, sha256Hex } from '@relay/core';
import type { PlanFields } from './plan-fields';
import type { RouteTarget } from './routing/route';
import { nameOf } from './routing/rank';
import type { StrategyName } from './routing/strategies';

const SIGNATURE_DIGITS = 16;

/**
 * Hash of what can change the answer: who may serve and how one of them is chosen, how the answer is decoded, what guards do
 * to the prompt. Order of candidates, deadline and queue are left out: they change when and where, not what.
 */
export function signPlan(
  targets: readonly RouteTarget[],
  strategy: StrategyName,
  fields: Readonly<PlanFields>,
  decoding: ExecutionPlan['decoding'],
): string {
  const candidates = targets.map((target) => {
    const { model, provider, upstreamModel } = nameOf(target);
    return canonicalJson([model, provider, upstreamModel]);
  });
  const choice = choiceOf(strategy, fields);
  const redacts = fields['guards.pii.action'] === 'redact' ? fields['guards.pii.kinds'] : undefined;
  return sha256Hex(canonicalJson({ candidates: candidates.sort(), decoding, choice, redacts })).slice(
    0,
    SIGNATURE_DIGITS,
  );
}

/** A preference for better answers must not be served one that a preference for cheap ones has left in the cache. */
function choiceOf(strategy: StrategyName, fields: Readonly<PlanFields>): unknown {
  switch (strategy) {
    case 'pinned':
    case 'ordered':
    case 'weighted':
    case 'sticky':
      return undefined; // says only which of equals comes first
    case 'content':
    case 'latency':
      return [strategy];
    case 'cost':
    case 'bandit':
      return [strategy, fields['route.qualityFloor']];
    case 'cascade':
      return [strategy, fields['route.qualityFloor'], fields['route.cascade']];
    case 'hybrid':
      return [
        strategy,
        fields['route.weights.quality'],
        fields['route.weights.cost'],
        fields['route.weights.latency'],
        fields['route.weights.load'],
      ];
    default:
      return strategy satisfies never;
  }
}
