import type { ExecutionPlan, ExplainReply } from '@relay/contracts';
import { ok, type RelayError, type Result } from '@relay/core';
import type { Planned } from './domain/plan-request';

/** A plan as the API shows it. */
export function explained(planned: Result<Planned, RelayError>): Result<ExplainReply, RelayError> {
  if (!planned.ok) return planned;
  const { document, features, predicted } = planned.value;
  const { policy, signature, decisions } = document;
  const plan = planWithScores(planned.value);
  return ok({
    policy,
    signature,
    plan,
    decisions: [...decisions],
    candidates: plan.route.candidates,
    features,
    predicted,
  });
}

/** Plans are shared by requests whose candidates scored differently; here is the one of this request. */
export function planWithScores({ plan, scores }: Planned): ExecutionPlan {
  if (scores === null) return plan;
  const isScored = new Set(scores.map(({ provider, upstreamModel, model }) => `${model} ${provider} ${upstreamModel}`));
  const others = plan.route.candidates.filter(
    ({ provider, upstreamModel, model }) => !isScored.has(`${model} ${provider} ${upstreamModel}`),
  );
  return { ...plan, route: { ...plan.route, candidates: [...scores, ...others] } };
}
