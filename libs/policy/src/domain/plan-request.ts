import type { ExecutionPlan, PlanDocument } from '@relay/contracts';
import { err, ok, type RelayError, type Result } from '@relay/core';
import { buildBlueprint, finishPlan, orderFor, type Blueprint } from './blueprint';
import type { CompiledPolicy } from './compiled-policy';
import { evaluateRules, type RuleFailure } from './evaluate-rules';
import { flattenFacts, type FlatFeatures } from './facts';
import { shapeOf, type PlanShape } from './plan-shape';
import { readFacts, type FactSources } from './read-facts';

export interface PlanRequest extends FactSources {
  /** uint32 from the request id: decides among weighted candidates. */
  readonly seed: number;
}

export interface Planned {
  readonly document: PlanDocument; // shared by all requests with this outcome, frozen
  readonly plan: ExecutionPlan;
  readonly features: FlatFeatures;
  readonly predictedCost: number; // in tokens, the scheduler's measure of cost
  readonly failures: readonly RuleFailure[]; // conditions that could not be evaluated
}

/** Where finished parts may be kept between requests; without it every plan is built from the start. */
export interface PlanMemo {
  blueprint(shape: PlanShape, build: () => Result<Blueprint, RelayError>): Result<Blueprint, RelayError>;
  document(blueprint: Blueprint, seed: number): PlanDocument;
}

const WITHOUT_MEMO: PlanMemo = {
  blueprint: (_shape, build) => build(),
  document: (blueprint, seed) => finishPlan(blueprint, orderFor(blueprint, seed)),
};

/** From a request to its plan and the reasons for it. Pure: the same inputs give the same bytes, with or without a memo. */
export function planRequest(
  policy: CompiledPolicy,
  request: PlanRequest,
  memo: PlanMemo = WITHOUT_MEMO,
): Result<Planned, RelayError> {
  const facts = readFacts(request);
  const { verdicts, failures } = evaluateRules(policy.rules, policy.conditionContext(facts));
  const shape = shapeOf(policy, facts, request.headers, request.principal.tenant.models, verdicts);
  const blueprint = memo.blueprint(shape, () => buildBlueprint(policy, shape));
  if (!blueprint.ok) return err(blueprint.error);
  const document = memo.document(blueprint.value, request.seed);
  const predictedCost = facts.features.predictedTokens;
  return ok({ document, plan: document.plan, features: flattenFacts(facts), predictedCost, failures });
}
