import { tokenCost, type ExecutionPlan, type PlanDocument, type RouteCandidate } from '@relay/contracts';
import { err, ok, type RelayError, type Result } from '@relay/core';
import { buildBlueprint, finishPlan, type Blueprint } from './blueprint';
import { rulesFor, type CompiledPolicy } from './compiled-policy';
import { evaluateRules, type RuleFailure } from './evaluate-rules';
import { Units } from './experiments';
import { flattenFacts, type Facts, type FlatFeatures } from './facts';
import type { LiveFacts } from './live';
import { shapeOf, type PlanShape } from './plan-shape';
import { predict, type Predicted } from './predict';
import { readFacts, type FactSources } from './read-facts';
import type { EstimateInputs } from './routing/estimate';
import type { RouteTarget } from './routing/route';
import { rank, type Ranking, type ShutTarget } from './routing/rank';
import { hashText } from './routing/seeded';

export interface PlanRequest extends FactSources {
  /** uint32 from the request id: what weighted choices and exploration are drawn from. */
  readonly seed: number;
  /** Expected quality by model id from a learned model; `null` without one. */
  readonly learned: ReadonlyMap<string, number> | null;
}

export interface Planned {
  readonly document: PlanDocument; // shared by all requests with this outcome, frozen
  readonly plan: ExecutionPlan;
  readonly features: FlatFeatures;
  /** Scores of this request, best first; `null` where the plan's own hold. */
  readonly scores: readonly RouteCandidate[] | null;
  /** What is expected of the first candidate. */
  readonly predicted: Predicted;
  /** Models that might have served but for an outage. */
  readonly missed: readonly string[];
  readonly predictedCost: number; // in tokens, the scheduler's measure of cost
  readonly failures: readonly RuleFailure[]; // conditions that could not be evaluated
  /** The seed of the request had a say: the same request may be planned otherwise the next time. */
  readonly drawn: boolean;
}

/** Where finished parts may be kept between requests; without it every plan is built from the start. */
export interface PlanMemo {
  blueprint(shape: PlanShape, build: () => Result<Blueprint, RelayError>): Result<Blueprint, RelayError>;
  document(blueprint: Blueprint, order: readonly RouteTarget[], shut: readonly ShutTarget[]): PlanDocument;
}

const WITHOUT_MEMO: PlanMemo = { blueprint: (_shape, build) => build(), document: finishPlan };

/** From a request to its plan and the reasons for it. Pure: the same inputs give the same bytes, with or without a memo. */
export function planRequest(
  policy: CompiledPolicy,
  request: PlanRequest,
  live: LiveFacts,
  memo: PlanMemo = WITHOUT_MEMO,
): Result<Planned, RelayError> {
  const facts = readFacts(request, live);
  const rules = rulesFor(policy, facts.tenant.id);
  const units = new Units(facts, request.seed);
  const { verdicts, failures } = evaluateRules(rules, policy.conditionContext(facts), units);
  const shape = shapeOf(policy, rules, facts, request, request.principal.tenant.models, verdicts, live);
  const built = memo.blueprint(shape, () => buildBlueprint(policy, shape));
  if (!built.ok) return err(built.error);
  const inputs = inputsOf(request, facts, live, built.value.fields['decoding.maxTokens']);
  const predictedCost = tokenCost(inputs.inputTokens, inputs.outputTokens);
  const blueprint = shortened(policy, shape, built, predictedCost, memo);
  if (!blueprint.ok) return err(blueprint.error);
  const ranking = rankFor(blueprint.value, request.seed, inputs, units);
  const document = memo.document(blueprint.value, ranking.order, ranking.shut);
  return ok({
    document,
    plan: document.plan,
    features: flattenFacts(facts, request.prompt),
    scores: ranking.scores,
    predicted: predict(ranking.order[0], inputs),
    missed: ranking.shut.length === 0 ? NOBODY : ranking.shut.map(({ target }) => target.model.id),
    predictedCost,
    failures,
    drawn: units.drewByRequest || ranking.drawn,
  });
}

/** The cap of the policy is known once its rules are applied: what was long may be short with it. The cap does not depend on the class. */
function shortened(
  policy: CompiledPolicy,
  shape: PlanShape,
  built: Result<Blueprint, RelayError>,
  predictedCost: number,
  memo: PlanMemo,
): Result<Blueprint, RelayError> {
  if (!shape.long || predictedCost >= shape.longFrom) return built;
  const short = { ...shape, long: false };
  return memo.blueprint(short, () => buildBlueprint(policy, short));
}

const NONE: readonly ShutTarget[] = [];
const NOBODY: readonly string[] = [];

function rankFor(
  { fixedOrder, route, strategy, reach, fields }: Blueprint,
  requestSeed: number,
  { traits, inputTokens, outputTokens, live }: EstimateInputs,
  units: Units,
): Ranking {
  if (fixedOrder !== null && live.open.size === 0) return { order: fixedOrder, shut: NONE, scores: null, drawn: false };
  const sticks = strategy === 'sticky';
  const seed = sticks ? hashText(units.valueOf(fields['route.unit'])) : requestSeed;
  const ranking = rank({ route, strategy, reach, fields, seed, traits, inputTokens, outputTokens, live });
  return sticks ? { ...ranking, drawn: false } : ranking; // what it sticks to is known to its units
}

/** `cap`: of each answer, by the policy. */
function inputsOf(
  { prompt, learned }: PlanRequest,
  { request, features }: Facts,
  live: LiveFacts,
  cap: number | null,
): EstimateInputs {
  const { task, language, complexity } = prompt;
  const traits = { task, language, complexity, learned };
  const outputTokens = Math.min(features.outputTokens, (cap ?? Infinity) * request.n);
  return { traits, inputTokens: features.inputTokens, outputTokens, live };
}
