import { targetKey, type ExecutionPlan, type PlanDocument, type RouteCandidate } from '@relay/contracts';
import { canonicalJson, sha256Hex } from '@relay/core';
import type { Admitted } from '@relay/scheduler';
import type { Job } from '../job';

/** The decision that stands behind those of the policy. */
const RULE = 'load';
const DOCUMENT_ID_DIGITS = 32; // as of all plans
const SIGNATURE_DIGITS = 16;
/** Output tokens count twice in the scheduler's measure of cost. */
const OUTPUT_COST_FACTOR = 2;

/**
 * The job as it is served under load, with the plan that does it: another target first, or a shorter answer. It picks among what the
 * plan allows, so that regions, capabilities and what a tenant may use hold. What was given up goes to the trace.
 */
export function easedJob(job: Job, { way, steps }: Admitted, plannedTarget: string): Job {
  const { planned, request, trace } = job;
  const isMoved = way.target !== plannedTarget;
  const cut = steps.includes('shorter-answer') ? way.maxTokens : null;
  if (!isMoved && cut === null) return job;
  const [first] = planned.plan.route.candidates;
  const chosen = isMoved ? chosenFrom(planned.plan.route.candidates, way.target, steps.length > 0) : first;
  if (!first || !chosen) return job;
  const isCheaper = steps.includes('cheaper-model');
  const given = steps.map((step) => `${step}:${step === 'cheaper-model' ? chosen.model : String(cut)}`);
  const plan: ExecutionPlan = {
    ...planned.plan,
    route: isMoved ? movedRoute(planned.plan.route, chosen, isCheaper) : planned.plan.route,
    decoding: cut === null ? planned.plan.decoding : cutDecoding(planned.plan.decoding, cut),
  };
  const document = documentOf(planned.document, plan, given, isMoved ? `${chosen.model} at ${chosen.provider}` : null);
  trace.document = document;
  trace.degraded = given;
  trace.scores = planned.scores && plan.route.candidates.map((each) => scoredOf(planned.scores ?? [], each));
  const cost = planned.features['features.inputTokens'] + OUTPUT_COST_FACTOR * (cut ?? Infinity) * (request.n ?? 1);
  return {
    ...job,
    planned: {
      ...planned,
      ...{ document, plan, scores: trace.scores },
      // It might have served but for the load: what serves instead is not for the cache.
      missed: chosen.model === first.model ? planned.missed : [...planned.missed, first.model],
      predictedCost: Math.min(planned.predictedCost, cost),
    },
  };
}

/** Several models may stand for one target: a cheaper model is another one than the planned. */
function chosenFrom(
  candidates: readonly RouteCandidate[],
  target: string,
  isOther: boolean,
): RouteCandidate | undefined {
  const fitting = candidates.filter(({ provider, upstreamModel }) => targetKey(provider, upstreamModel) === target);
  return (isOther ? fitting.find(({ model }) => model !== candidates[0]?.model) : undefined) ?? fitting[0];
}

/** A cheaper model answers alone, and what it says is not checked; elsewhere the others stay behind it as they were. */
function movedRoute(route: ExecutionPlan['route'], chosen: RouteCandidate, isCheaper: boolean): ExecutionPlan['route'] {
  const others = route.candidates.filter((each) => each !== chosen && (!isCheaper || each.model === chosen.model));
  return { ...route, candidates: [chosen, ...others], cascade: isCheaper ? null : route.cascade };
}

function cutDecoding({ overrides, maxTokens }: ExecutionPlan['decoding'], cut: number): ExecutionPlan['decoding'] {
  const { max_tokens: _tokens, max_completion_tokens: _completion, ...others } = overrides;
  return { maxTokens: Math.min(cut, maxTokens ?? cut), overrides: others };
}

/** Its signature tells answers of less from those of the plan; a move to another target of the plan changes nothing that was promised. */
function documentOf(
  planned: PlanDocument,
  plan: ExecutionPlan,
  given: readonly string[],
  movedTo: string | null,
): PlanDocument {
  const { policy } = planned;
  const signature =
    given.length === 0
      ? planned.signature
      : sha256Hex(canonicalJson([planned.signature, given])).slice(0, SIGNATURE_DIGITS);
  const reason = given.length > 0 ? `given up under load: ${given.join(', ')}` : `sent to ${movedTo ?? ''} under load`;
  const changed = [
    ...(movedTo === null ? [] : ['route.candidates']),
    ...(plan.decoding === planned.plan.decoding ? [] : ['decoding.maxTokens']),
  ];
  const decisions = [...planned.decisions, { rule: RULE, verdict: 'matched' as const, reason, changed }];
  const id = sha256Hex(canonicalJson({ signature, policy, plan, decisions })).slice(0, DOCUMENT_ID_DIGITS);
  return { id, signature, policy, plan, decisions };
}

function scoredOf(scores: readonly RouteCandidate[], candidate: RouteCandidate): RouteCandidate {
  const { model, provider, upstreamModel } = candidate;
  const scored = scores.find(
    (each) => each.model === model && each.provider === provider && each.upstreamModel === upstreamModel,
  );
  return scored ?? candidate;
}
