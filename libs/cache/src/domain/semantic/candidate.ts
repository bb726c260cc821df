import type { ExecutionPlan } from '@relay/contracts';
import { learnsThreshold } from './decide';
import { scoreOf } from './pair-score';
import { surroundingsOf, type Neighbourhood, type Placed } from './surroundings';

/** Answers besides the candidate's that a fresh one is compared with: each comparison takes the judge some 20 ms. */
const MAX_RIVALS = 2;

type Terms = ExecutionPlan['cache']['semantic'];

/** Nearest entries that are looked at: one is the candidate, the others speak for it or against it. */
export const MAX_NEIGHBOURS = 5;

/** The neighbourhood of what a look-up of `MAX_NEIGHBOURS` found, nearest first. */
export function neighbourhoodOf<T extends Placed>(
  found: readonly T[],
  fits: (each: T, rank: number) => boolean,
): Neighbourhood<T> {
  const horizon = found.length < MAX_NEIGHBOURS ? null : (found.at(-1)?.similarity ?? null);
  return { fitting: found.filter(fits), places: MAX_NEIGHBOURS, horizon };
}

/**
 * The entry that may be served: modes that learn take the one with the best score, the others the nearest. `likenessOf`: of the pair, see
 * `pairLikeness`.
 */
export function candidateOf<T extends Placed>(
  near: Neighbourhood<T>,
  likenessOf: (each: T) => number,
  terms: Pick<Terms, 'mode'>,
): (T & { readonly score: number }) | undefined {
  let best: (T & { readonly score: number }) | undefined;
  for (const each of learnsThreshold(terms) ? near.fitting : near.fitting.slice(0, 1)) {
    const score = scoreOf(likenessOf(each), surroundingsOf(each, near));
    if (!best || score > best.score) best = { ...each, score };
  }
  return best;
}

/** Other answers near a prompt that a fresh one may repeat, where it does not repeat the candidate's: an entry of each, the best first. */
export function rivalsOf<T extends Placed>(
  near: Neighbourhood<T>,
  candidate: Placed,
  likenessOf: (each: T) => number,
): T[] {
  const best = new Map<Placed['answerId'], { readonly entry: T; readonly score: number }>();
  for (const entry of near.fitting) {
    if (entry.answerId === candidate.answerId) continue;
    const score = scoreOf(likenessOf(entry), surroundingsOf(entry, near));
    if (score > (best.get(entry.answerId)?.score ?? -1)) best.set(entry.answerId, { entry, score });
  }
  const ranked = [...best.values()].sort((a, b) => b.score - a.score);
  return ranked.slice(0, MAX_RIVALS).map(({ entry }) => entry);
}
