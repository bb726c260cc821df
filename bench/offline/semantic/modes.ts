import type { SemanticTerms } from './serve-stream';

/** As the policy has them where it says nothing. */
const TERMS: SemanticTerms = {
  mode: 'static',
  threshold: 1,
  maxErrorPerHit: 0.02,
  ttlMs: Number.POSITIVE_INFINITY,
  evidence: 'default',
  maxTurns: 1,
  maxTemperature: 1,
  judge: { kind: 'equality', model: null, minSimilarity: 1 },
  labelShare: 0.25,
  recheckShare: 0.02,
};

export const BUDGETS = [0.01, 0.02, 0.05];

/** From the threshold that serves nearly everything to the one that serves nearly nothing. */
export const THRESHOLDS = Array.from({ length: 15 }, (_, i) => (35 + i) / 50); // 0.70, 0.72 ... 0.98

/** Serves all from one similarity on and learns nothing. */
export const fixed = (threshold: number): SemanticTerms => ({ ...TERMS, threshold, labelShare: 0, recheckShare: 0 });

export const verified = (
  maxErrorPerHit: number,
  shares: Partial<Pick<SemanticTerms, 'labelShare' | 'recheckShare' | 'judge'>> = {},
): SemanticTerms => ({ ...TERMS, mode: 'verified', maxErrorPerHit, ...shares });
