import type { ExecutionPlan } from '@relay/contracts';
import type { Candidate, ThresholdState } from './semantic-model';
import { MAX_LABELS } from './threshold';

type Terms = ExecutionPlan['cache']['semantic'];

/** Pairs less alike are never judged, so what is learned says nothing about them. Cosine. */
export const MIN_JUDGED_SIMILARITY = 0.6;
/** Pairs from here on are often of one answer, so that judging them joins what belongs together. Score. */
const NEAR = 0.8;
/** Where a model judges, which has to be paid for, pairs that may decide are judged so much more often than `labelShare` says, others less often. */
const FOCUS = 4;

/**
 * Odds with which the fresh answer of a miss is compared with the candidate's. Modes that learn look where a threshold may be proven next: distant
 * pairs do not decide it. Near ones are all judged where that costs nothing but time, as each verdict also tells which stored questions
 * share an answer; where as many labels as are kept proved nothing, that is given up. Depends on nothing but the pair and the labels so far, so each label stands for 1 / odds pairs like it.
 */
export function labelOdds(
  { mode, judge, labelShare }: Terms,
  { similarity, score }: Pick<Candidate, 'similarity' | 'score'>,
  { reach, threshold, labels }: ThresholdState,
): number {
  if (similarity < MIN_JUDGED_SIMILARITY) return 0;
  const isHopeless = threshold === null && labels >= MAX_LABELS;
  if ((mode !== 'verified' && mode !== 'shadow') || labelShare === 0 || isHopeless) return labelShare;
  if (judge.kind !== 'llm') return score >= Math.min(NEAR, reach ?? NEAR) ? 1 : labelShare;
  return score >= (reach ?? NEAR) ? Math.min(1, FOCUS * labelShare) : labelShare / FOCUS;
}
