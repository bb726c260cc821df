import type { ExecutionPlan } from '@relay/contracts';
import type { ThresholdState } from './semantic-model';

type Terms = ExecutionPlan['cache']['semantic'];

/** Rechecked hits, in multiples of 1 / budget, until what is served counts as tried. Without an error among so many the budget is proven by them alone. */
const TRIAL = 3;

/**
 * Odds with which a served hit is asked again. At first as often as misses are judged: what was learned while nothing was served
 * may not hold once it is. Then the less often the more hits were, down to `recheckShare`.
 */
export function recheckOdds(
  { mode, labelShare, recheckShare, maxErrorPerHit }: Terms,
  { measured }: ThresholdState,
): number {
  if (mode !== 'verified') return recheckShare;
  const untried = TRIAL / maxErrorPerHit / Math.max(1, measured?.hits ?? 0);
  return Math.max(recheckShare, labelShare * Math.min(1, untried));
}
