import type { Analysis, DegradeStep } from '@relay/contracts';
import type { AnswerFacts } from './answer-facts';
import type { ModelCatalogue } from './catalogue';
import type { CompiledExperiment } from './experiments';
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
  readonly experiment: CompiledExperiment | null;
  readonly final: boolean;
}

/** What holds for one tenant, or for all that have nothing of their own. */
export interface RuleSet {
  readonly tenant: string | null; // whose own it is
  readonly defaults: FieldPatch;
  readonly ownDefaults: FieldPatch;
  readonly rules: readonly CompiledRule[];
  /** Where the tenant's own rules begin; the length of `rules` where there are none. */
  readonly ownFrom: number;
}

/** Which analyses of the prompt a policy makes use of. */
export interface AnalysisNeeds {
  readonly always: ReadonlySet<Analysis>;
  /** When the app leaves the choice of the model to the policy. */
  readonly forAuto: ReadonlySet<Analysis>;
  /** For `auto:best`, which goes by quality whatever the policy. */
  readonly forBest: ReadonlySet<Analysis>;
  /** Whether the policy ranks by expected quality. */
  readonly byQuality: boolean;
}

/** A policy with the models it chooses from, ready to plan. */
export interface CompiledPolicy {
  readonly label: string; // name@version
  readonly common: RuleSet;
  readonly byTenant: ReadonlyMap<string, RuleSet>;
  readonly degrade: readonly DegradeStep[];
  /** Some requests may be looked up in the semantic cache. */
  readonly looksUpByMeaning: boolean;
  readonly needs: AnalysisNeeds;
  readonly catalogue: ModelCatalogue;
  /** Predicted tokens from which a request counts as long. */
  /** From which predicted tokens on a request counts as long; null: as measured. */
  readonly longCostTokens: number | null;
  readonly conditionContext: (facts: Facts) => ConditionContext;
  /** Conditions on answers, by their text. */
  readonly accepts: ReadonlyMap<string, (answer: AnswerFacts) => boolean>;
}

export function rulesFor(policy: CompiledPolicy, tenantId: string): RuleSet {
  return policy.byTenant.get(tenantId) ?? policy.common;
}
