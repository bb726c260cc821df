import type { ExecutionPlan } from '@relay/contracts';
import type { ThresholdState } from './semantic-model';

type Terms = ExecutionPlan['cache']['semantic'];

/** Rechecked hits, in multiples of 1 / budget, until what is served counts as tried. Without an error among so many the budget is proven by them alone. */
const TRIAL = 3;

/**
 * Odds with which a served hit is asked again. At first as often as misses are judged: what was learned while nothing was served
 * may not hold once it is.
 */
export function recheckOdds(
  { mode, labelShare, recheckShare, maxErrorPerHit }: Terms,
  { measured }: ThresholdState,
): number {
  const tried = (measured?.hits ?? 0) >= TRIAL / maxErrorPerHit;
  return mode === 'verified' && !tried ? Math.max(labelShare, recheckShare) : recheckShare;
}
