import type { ExecutionPlan } from '@relay/contracts';
import type { Neighbour, ThresholdState } from './semantic-model';

type Terms = ExecutionPlan['cache']['semantic'];

/** Why a neighbour is served, or not. */
export type HitReason =
  | 'hit' // served
  | 'unverified' // near enough, and a verifier has to agree
  | 'shadow' // would have been served
  | 'below_threshold'
  | 'below_entry_threshold' // this entry was wrong once
  | 'too_few_labels' // no threshold is known to keep the budget yet
  | 'drifted'; // what was learned does not hold any more

export interface HitDecision {
  readonly reason: HitReason;
  /** Lowest similarity that is served; null: none. */
  readonly threshold: number | null;
}

/** Whether the nearest entry that passed the guards is served. Pure. */
export function decideHit(
  terms: Terms,
  { similarity, minSimilarity }: Pick<Neighbour, 'similarity' | 'minSimilarity'>,
  state: ThresholdState,
): HitDecision {
  const { mode } = terms;
  const learns = mode === 'verified' || mode === 'shadow';
  const threshold = learns ? state.threshold : terms.threshold;
  if (learns && state.drifted) return { reason: 'drifted', threshold };
  if (threshold === null) return { reason: 'too_few_labels', threshold };
  if (similarity < threshold) return { reason: 'below_threshold', threshold };
  if (minSimilarity !== null && similarity < minSimilarity) return { reason: 'below_entry_threshold', threshold };
  if (mode === 'shadow') return { reason: 'shadow', threshold };
  return { reason: mode === 'validated' ? 'unverified' : 'hit', threshold };
}
