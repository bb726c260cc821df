import type { Job } from './job';

/**
 * Whether load or an outage had its part in the answer: something was given up for it, a fallback gave it, or another model because the
 * better one was out of reach. Such an answer must not serve later requests, for which everybody is there again.
 */
export function isMakeshift({ trace, planned }: Job): boolean {
  if (trace.degraded.length > 0) return true;
  const { candidates, cascade } = planned.plan.route;
  if (cascade !== null) return trace.makeshift; // it checked the answer itself
  return planned.missed.some((model) => model !== trace.servedModel) || trace.servedModel !== candidates[0]?.model;
}
