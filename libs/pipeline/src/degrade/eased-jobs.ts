import { targetKey, tokenCost, type ExecutionPlan, type PlanDocument, type RouteCandidate } from '@relay/contracts';
import { canonicalJson, sha256Hex } from '@relay/core';
import type { Admitted, EasingStep } from '@relay/scheduler';
import type { Job } from '../job';

/** The decision that stands behind those of the policy. */
const RULE = 'load';
const DOCUMENT_ID_DIGITS = 32; // as of all plans
const SIGNATURE_DIGITS = 16;
/** What stands behind the name of a step in `x-relay-degraded`. */
const GIVEN_UP_FOR = {
  'cheaper-model': ({ model }) => model,
  'shorter-answer': (_chosen, cut) => String(cut),
} as const satisfies Record<EasingStep, (chosen: RouteCandidate, cut: number | null) => string>;

/**
 * Jobs as they are served under load, with the plan that does it: another target first, or a shorter answer. They pick among what the
 * plan allows, so that regions, capabilities and what a tenant may use hold. What was given up goes to the trace.
 */
export class EasedJobs {
  /** By plan, and then by what becomes of it: as many as it has candidates and cuts. To build one costs more than the rest of the decision. */
  private readonly documents = new WeakMap<ExecutionPlan, Map<string, PlanDocument>>();

  of(job: Job, { way, steps }: Admitted, plannedTarget: string): Job {
    const { planned, request, trace } = job;
    const { candidates } = planned.plan.route;
    const isMoved = way.target !== plannedTarget;
    const cut = steps.includes('shorter-answer') ? way.maxTokens : null;
    const [first] = candidates;
    const chosen = isMoved ? chosenFrom(candidates, way.target, steps.includes('cheaper-model')) : first;
    if (!first || !chosen || (!isMoved && cut === null)) return job;
    const given = steps.map((step) => `${step}:${GIVEN_UP_FOR[step](chosen, cut)}`);
    const document = this.documentOf(planned, { movedTo: isMoved ? chosen : null, cut, given });
    const { plan } = document;
    trace.document = document;
    trace.degraded = given;
    trace.scores = planned.scores && plan.route.candidates.map((each) => scoredOf(planned.scores ?? [], each));
    const predicted = easedPrediction(planned.predicted, chosen !== first, (cut ?? Infinity) * (request.n ?? 1));
    trace.predicted = predicted;
    const cost = tokenCost(planned.features['features.inputTokens'], (cut ?? Infinity) * (request.n ?? 1));
    return {
      ...job,
      planned: {
        ...planned,
        ...{ document, plan, scores: trace.scores, predicted },
        // It might have served but for the load: what serves instead is not for the cache.
        missed: chosen.model === first.model ? planned.missed : [...planned.missed, first.model],
        predictedCost: Math.min(planned.predictedCost, cost),
      },
    };
  }

  private documentOf({ plan, document }: Job['planned'], easing: Easing): PlanDocument {
    const { movedTo, cut, given } = easing;
    const known = this.documents.get(plan) ?? new Map<string, PlanDocument>();
    this.documents.set(plan, known);
    const name = JSON.stringify([movedTo?.model, movedTo?.provider, movedTo?.upstreamModel, cut, given]);
    const eased = known.get(name) ?? easedDocument(document, plan, easing);
    known.set(name, eased);
    return eased;
  }
}

interface Easing {
  readonly movedTo: RouteCandidate | null;
  readonly cut: number | null; // tokens
  readonly given: readonly string[]; // as in `x-relay-degraded`
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
function easedDocument(planned: PlanDocument, whole: ExecutionPlan, { movedTo, cut, given }: Easing): PlanDocument {
  const { policy } = planned;
  const plan: ExecutionPlan = {
    ...whole,
    route: movedTo ? movedRoute(whole.route, movedTo, given.length > 0) : whole.route,
    decoding: cut === null ? whole.decoding : cutDecoding(whole.decoding, cut),
  };
  const signature =
    given.length > 0
      ? sha256Hex(canonicalJson([planned.signature, given])).slice(0, SIGNATURE_DIGITS)
      : planned.signature;
  const place = movedTo ? `sent to ${movedTo.model} at ${movedTo.provider}` : '';
  const reason = given.length > 0 ? `given up under load: ${given.join(', ')}` : `${place} under load`;
  const changed = [...(movedTo ? ['route.candidates'] : []), ...(cut === null ? [] : ['decoding.maxTokens'])];
  const decisions = [...planned.decisions, { rule: RULE, verdict: 'matched' as const, reason, changed }];
  const id = sha256Hex(canonicalJson({ signature, policy, plan, decisions })).slice(0, DOCUMENT_ID_DIGITS);
  return { id, signature, policy, plan, decisions };
}

/** What the policy expected of the first candidate says nothing of another one; `mostTokens`: of all answers together. */
function easedPrediction(planned: Predicted, isMoved: boolean, mostTokens: number): Predicted {
  const { outputTokens } = planned;
  return {
    ...planned,
    ...(isMoved ? { costUsd: null, ttftMs: null, totalMs: null, quality: null } : {}),
    outputTokens: outputTokens === null ? null : Math.min(outputTokens, mostTokens),
  };
}

type Predicted = Job['planned']['predicted'];

function scoredOf(scores: readonly RouteCandidate[], candidate: RouteCandidate): RouteCandidate {
  const { model, provider, upstreamModel } = candidate;
  const scored = scores.find(
    (each) => each.model === model && each.provider === provider && each.upstreamModel === upstreamModel,
  );
  return scored ?? candidate;
}
