import type { CachedAnswer, SemanticVerdict } from '@relay/cache';
import type { Job } from '../job';

/** So much less alike an answer may be under load, cosine; guards object as ever. */
const LOOSENED_BY = 0.03;
/** Never less alike than this, cosine. */
const LEAST_SIMILARITY = 0.85;

/** With `guarded` a nearer one contradicts the question; the candidate does not. */
const FELL_SHORT: ReadonlySet<SemanticVerdict['reason']> = new Set<SemanticVerdict['reason']>([
  'below_threshold',
  'guarded',
]);

/** An answer of the cache that would not do but for the load. */
export interface LooserAnswer {
  readonly answer: CachedAnswer;
  readonly cache: 'exact-l1' | 'exact-l2' | 'semantic';
  readonly entryId: string | null;
  readonly similarity: number | null;
}

/**
 * A similar question's answer that fell short of the policy's threshold by a little. Only of the mode `static`, whose threshold is the
 * policy's own guess: `verified` promises a share of errors that a lower one would break, and the verifier of `validated` would have to
 * be called, which is load. An entry that was wrong once keeps its own threshold.
 */
export function looserSimilar(job: Job, verdict: SemanticVerdict | null): LooserAnswer | null {
  const { mode, threshold } = job.planned.plan.cache.semantic;
  if (mode !== 'static' || !verdict?.candidate || !FELL_SHORT.has(verdict.reason)) return null;
  const { similarity, minSimilarity, answer, entryId } = verdict.candidate;
  const least = Math.max(threshold - LOOSENED_BY, LEAST_SIMILARITY, minSimilarity ?? 0);
  return similarity >= least ? { answer, cache: 'semantic', entryId, similarity } : null;
}
