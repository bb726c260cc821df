import type { ExecutionPlan, ExplainReply } from '@relay/contracts';
import { explainReason, ok, scoredCandidates, type RelayError, type Result } from '@relay/core';
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
    decisions: decisions.map((decision) => ({ ...decision, reason: explainReason(decision, features) })),
    candidates: plan.route.candidates,
    features,
    predicted,
  });
}

/** The plan of this very request: the document is shared by requests whose candidates scored differently. */
export function planWithScores({ plan, scores }: Pick<Planned, 'plan' | 'scores'>): ExecutionPlan {
  if (scores === null) return plan;
  return { ...plan, route: { ...plan.route, candidates: scoredCandidates(plan.route.candidates, scores) } };
}
