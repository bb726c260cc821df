import type { RouteCandidate } from '@relay/contracts';

/**
 * Candidates of one request, best first: those that were scored for it, then those of its plan that were not (further ones, and
 * the chain of fallbacks). Plans are shared by requests that scored differently, so scores are kept apart from them.
 */
export function scoredCandidates(
  planned: readonly RouteCandidate[],
  scores: readonly RouteCandidate[] | null,
): RouteCandidate[] {
  if (scores === null) return [...planned];
  const scored = new Set(scores.map(nameOf));
  return [...scores, ...planned.filter((candidate) => !scored.has(nameOf(candidate)))];
}

const nameOf = ({ model, provider, upstreamModel }: RouteCandidate): string =>
  JSON.stringify([model, provider, upstreamModel]);
