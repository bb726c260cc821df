import type { ModelCatalogue } from './catalogue';
import type { Facts } from './facts';
import type { FieldPatch } from './plan-fields';

/** A compiled set of conditions shares one form of the facts, made once a request. Opaque to the domain. */
export type ConditionContext = object;

/** May throw: a condition that cannot be evaluated for a request does not match it. */
export type Condition = (context: ConditionContext) => boolean;

export interface CompiledRule {
  readonly id: string;
  readonly when: string;
  readonly condition: Condition;
  readonly patch: FieldPatch;
  readonly final: boolean;
}

/** A policy with the models it chooses from, ready to plan. */
export interface CompiledPolicy {
  readonly label: string; // name@version
  readonly defaults: FieldPatch;
  readonly rules: readonly CompiledRule[];
  readonly catalogue: ModelCatalogue;
  /** Predicted tokens from which a request counts as long. */
  readonly longCostTokens: number;
  readonly conditionContext: (facts: Facts) => ConditionContext;
}
