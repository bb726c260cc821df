import type { RouteCandidate } from '@relay/contracts';
import type { AdmissionRequest } from '@relay/scheduler';
import type { Job } from '../job';

/** What a request asks the scheduler for, to call a candidate. */
export function admissionOf({ exchange, planned }: Job, candidate: RouteCandidate): AdmissionRequest {
  const { tenant } = exchange.principal;
  return {
    poolId: candidate.provider,
    model: candidate.upstreamModel,
    tenantId: tenant.id,
    weight: tenant.weight * planned.plan.queue.weight,
    class: planned.plan.queue.class,
    level: planned.plan.serviceLevel,
    cost: planned.predictedCost,
    bodyBytes: exchange.body.length,
    deadlineAt: exchange.receivedAt + planned.plan.deadlineMs,
    signal: exchange.signal,
    tenantConcurrency: tenant.limits.concurrency,
  };
}
