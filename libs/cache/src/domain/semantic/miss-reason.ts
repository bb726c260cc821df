import type { ExecutionPlan } from '@relay/contracts';
import { candidateOf, neighbourhoodOf } from './candidate';
import { decideHit, type HitDecision, type HitReason } from './decide';
import type { Neighbour, ThresholdState } from './semantic-model';

/** Not near enough for the policy's threshold, or for the entry's own. */
const FELL_SHORT: ReadonlySet<string> = new Set<HitReason>(['below_threshold', 'below_entry_threshold']);
/** Only the mode, or a verifier, would have been in the way. */
const WOULD_SERVE: ReadonlySet<string> = new Set<HitReason>(['hit', 'shadow', 'unverified']);

/** What a look-up found, at least one entry, nearest first. */
export interface Found {
  readonly neighbours: readonly Neighbour[];
  readonly isObjectedTo: (rank: number) => boolean;
  readonly likenessOf: (each: Neighbour) => number;
}

/** What came of a candidate; `not_confirmed`: a verifier did not agree. */
export type Outcome = Pick<HitDecision, 'threshold'> & { readonly reason: HitReason | 'not_confirmed' };

export interface Reason {
  readonly reason: Outcome['reason'] | 'guarded';
  readonly threshold: number | null;
  /** Which neighbour's guards are told: the one that would have been served without them, or else the nearest. */
  readonly rank: number;
}

/**
 * Guards are the reason only where the entry that they object to would have been served or verified without them; else it is what came of
 * the best entry without objections (`decision`; null: there is none), or what would have come of the others. Pure.
 */
export function reasonOf(
  { neighbours, isObjectedTo, likenessOf }: Found,
  decision: Outcome | null,
  terms: ExecutionPlan['cache']['semantic'],
  state: ThresholdState,
): Reason {
  if (decision !== null && !FELL_SHORT.has(decision.reason)) return told(decision, 0);
  const best = candidateOf(
    neighbourhoodOf(neighbours, () => true),
    likenessOf,
    terms,
  );
  if (best === undefined) throw new RangeError('nothing was found');
  const unguarded = decideHit(terms, best, state);
  const rank = neighbours.findIndex(({ entryId }) => entryId === best.entryId);
  if (isObjectedTo(rank) && WOULD_SERVE.has(unguarded.reason))
    return { reason: 'guarded', threshold: unguarded.threshold, rank };
  return told(decision ?? unguarded, 0);
}

const told = ({ reason, threshold }: Outcome, rank: number): Reason => ({ reason, threshold, rank });
