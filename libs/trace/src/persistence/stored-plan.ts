import type { ExecutionPlan, RouteCandidate } from '@relay/contracts';
import { scoredCandidates } from '@relay/core';

type Route = ExecutionPlan['route'];
type Retries = ExecutionPlan['retries'];
type Cache = ExecutionPlan['cache'];
type Since<Whole, Key extends keyof Whole> = Omit<Whole, Key> & Partial<Pick<Whole, Key>>;

/** A plan as it may lie in the database: those of the first version knew fewer fields. */
export type StoredPlan = Since<Omit<ExecutionPlan, 'route' | 'retries' | 'cache'>, keyof typeof NOT_KNOWN_THEN> & {
  readonly cache: Partial<Omit<Cache, 'exact' | 'semantic'>> & {
    readonly exact: Since<Cache['exact'], keyof typeof EXACT_THEN>;
    readonly semantic: Since<Cache['semantic'], keyof typeof SEMANTIC_THEN>;
  };
  readonly route: Since<Route, 'cascade' | 'regions' | 'providers'>;
  readonly retries: Since<Retries, 'budget' | 'hedge'>;
};

/** What plans without these fields did: nothing of the kind. */
const NOT_KNOWN_THEN = {
  guards: { injection: { action: 'off', threshold: 1 }, pii: { action: 'off', kinds: [], restore: false } },
  degrade: [],
  experiments: [],
} satisfies Partial<ExecutionPlan>;
const EXACT_THEN = { staleMs: 0, refusalTtlMs: 0, coalesce: false } satisfies Partial<Cache['exact']>;
const SEMANTIC_THEN = {
  threshold: 1,
  maxErrorPerHit: 0,
  ttlMs: 0,
  evidence: '',
  maxTurns: 0,
  maxTemperature: 0,
  judge: { kind: 'equality', model: null, minSimilarity: 1 },
  labelShare: 0,
  recheckShare: 0,
} satisfies Partial<Cache['semantic']>;
const CACHE_THEN = { version: '', replay: 'instant', finishOnDisconnect: false } satisfies Partial<Cache>;
/** Retries had no budget: each attempt could be followed by another. */
const NO_BUDGET = 1;

/** The plan of one request in full, with the scores of that request where it had its own. */
export function toExecutionPlan(
  stored: StoredPlan | null,
  scores: readonly RouteCandidate[] | null,
): ExecutionPlan | null {
  if (stored === null) return null;
  const { route, retries, cache } = stored;
  return {
    ...NOT_KNOWN_THEN,
    ...stored,
    route: {
      ...route,
      regions: route.regions ?? null,
      providers: route.providers ?? null,
      cascade: route.cascade ?? null,
      candidates: scoredCandidates(route.candidates, scores),
    },
    cache: {
      ...CACHE_THEN,
      ...cache,
      exact: { ...EXACT_THEN, ...cache.exact },
      semantic: { ...SEMANTIC_THEN, ...cache.semantic },
    },
    retries: { ...retries, budget: retries.budget ?? NO_BUDGET, hedge: retries.hedge ?? null },
  };
}
