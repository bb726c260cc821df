import type { ExecutionPlan } from '@relay/contracts';
import { MIN_JUDGED_SIMILARITY } from './label-odds';
import type { Candidate, ThresholdState } from './semantic-model';

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
  /** Lowest score (modes that learn) or cosine that is served; null: none. */
  readonly threshold: number | null;
}

/** Modes that go by the pair's score and by what was learned; the others go by the cosine that the policy names. */
export const learnsThreshold = ({ mode }: Pick<Terms, 'mode'>): boolean => mode === 'verified' || mode === 'shadow';

/** Whether the candidate is served. Pure. */
export function decideHit(
  terms: Terms,
  { similarity, score, minSimilarity }: Pick<Candidate, 'similarity' | 'score' | 'minSimilarity'>,
  state: ThresholdState,
): HitDecision {
  const { mode } = terms;
  const learns = learnsThreshold(terms);
  const threshold = learns ? state.threshold : terms.threshold;
  if (learns && state.drifted) return { reason: 'drifted', threshold };
  if (threshold === null) return { reason: 'too_few_labels', threshold };
  const isNear = learns ? score >= threshold && similarity >= MIN_JUDGED_SIMILARITY : similarity >= threshold;
  if (!isNear) return { reason: 'below_threshold', threshold };
  if (minSimilarity !== null && similarity < minSimilarity) return { reason: 'below_entry_threshold', threshold };
  if (mode === 'shadow') return { reason: 'shadow', threshold };
  return { reason: mode === 'validated' ? 'unverified' : 'hit', threshold };
}
