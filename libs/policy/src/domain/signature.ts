import type { ExecutionPlan } from '@relay/contracts';
import { canonicalJson, sha256Hex } from '@relay/core';
import type { PlanFields } from './plan-fields';
import type { RouteTarget } from './routing/route';
import { nameOf } from './routing/rank';
import type { StrategyName } from './routing/strategies';

const SIGNATURE_DIGITS = 16;

export interface Signed {
  /** Whoever may serve; groups in their order, which of a group comes first is drawn. */
  readonly groups: readonly (readonly RouteTarget[])[];
  readonly strategy: StrategyName;
  readonly cascades: boolean;
  readonly fields: Readonly<PlanFields>;
  readonly decoding: ExecutionPlan['decoding'];
  readonly experiments: ExecutionPlan['experiments'];
}

/**
 * Hash of what can change the answer: who may serve and how one of them is chosen, how the answer is decoded, what guards do
 * to the prompt, which arms of experiments it belongs to. What was drawn, deadline and queue are left out: they change when and where, not what.
 */
export function signPlan({ groups, strategy, cascades, fields, decoding, experiments }: Signed): string {
  const candidates = groups.map((group) => group.map(textOf).sort());
  const redacts = fields['guards.pii.action'] === 'redact' ? fields['guards.pii.kinds'] : undefined;
  const choice = choiceOf(strategy, cascades, fields);
  const ordered = strategy === 'ordered' || strategy === 'pinned';
  const served = ordered ? candidates : candidates.flat().sort();
  const arms = experiments.length > 0 ? experiments : undefined; // an arm that is served another's answers measures nothing
  return digest({ candidates: served, decoding, choice, redacts, arms });
}

/** The signature of a plan whose first candidate is a part of the promise: who sticks to one model gets no other's answers. */
export function signStuck(signature: string, first: RouteTarget | undefined): string {
  return digest([signature, first?.model.id]);
}

const digest = (value: unknown): string => sha256Hex(canonicalJson(value)).slice(0, SIGNATURE_DIGITS);

function textOf(target: RouteTarget): string {
  const { model, provider, upstreamModel } = nameOf(target);
  const { version } = target.model;
  return canonicalJson(
    version === undefined ? [model, provider, upstreamModel] : [model, provider, upstreamModel, version],
  );
}

/** A preference for better answers must not be served one that a preference for cheap ones has left in the cache. */
function choiceOf(strategy: StrategyName, cascades: boolean, fields: Readonly<PlanFields>): unknown {
  switch (strategy) {
    case 'pinned':
    case 'ordered':
    case 'weighted':
    case 'sticky':
      return undefined; // told by the candidates
    case 'content':
    case 'latency':
      return [strategy];
    case 'cost':
    case 'bandit':
      return [strategy, fields['route.qualityFloor']];
    case 'cascade':
      return [strategy, fields['route.qualityFloor'], cascades ? fields['route.cascade'] : null];
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
