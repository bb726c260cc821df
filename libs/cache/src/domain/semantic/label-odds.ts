import type { ExecutionPlan } from '@relay/contracts';
import type { Candidate, ThresholdState } from './semantic-model';
import { MAX_LABELS } from './threshold';

type Terms = ExecutionPlan['cache']['semantic'];

/** Pairs less alike are never judged, so what is learned says nothing about them. Cosine. */
export const MIN_JUDGED_SIMILARITY = 0.6;
/** Where the first threshold will be, if there is to be one. Score. */
const NEAR = 0.8;

/**
 * Odds with which the fresh answer of a miss is compared with the candidate's. While no threshold is known, all near pairs are, unless a
 * model has to be paid for it: they prove the budget, distant ones do not; where as many labels as are kept
 * proved nothing, it is given up. Depends on nothing but the pair and the labels so far, so each
 * label stands for 1 / odds pairs like it.
 */
export function labelOdds(
  { mode, judge, labelShare }: Terms,
  { similarity, score }: Pick<Candidate, 'similarity' | 'score'>,
  { threshold, labels }: ThresholdState,
): number {
  if (similarity < MIN_JUDGED_SIMILARITY) return 0;
  const seeks =
    (mode === 'verified' || mode === 'shadow') && threshold === null && labels < MAX_LABELS && labelShare > 0;
  return seeks && judge.kind !== 'llm' && score >= NEAR ? 1 : labelShare;
}
