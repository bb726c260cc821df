import { executionPlanSchema } from '@relay/contracts';
import { labelOdds } from './label-odds';
import { chooseThreshold } from './threshold';

describe('labelOdds', () => {
  const terms = executionPlanSchema.shape.cache.shape.semantic.parse({
    mode: 'verified',
    threshold: 0.95,
    maxErrorPerHit: 0.05,
    ttlMs: 1_000,
    evidence: 'default',
    maxTurns: 3,
    maxTemperature: 1,
    judge: { kind: 'equality', model: null, minSimilarity: 0.9 },
    labelShare: 0.25,
    recheckShare: 0.02,
  });
  const unknown = chooseThreshold([], 0.05, 0);
  const known = { ...unknown, threshold: 0.9 };
  const near = { similarity: 0.9, score: 0.9 };

  it('judges every near pair until a threshold is known, then the share of the policy', () => {
    expect([labelOdds(terms, near, unknown), labelOdds(terms, near, known)]).toEqual([1, 0.25]);
  });

  it('judges the share of the policy of distant pairs, and none that could never be served', () => {
    expect(labelOdds(terms, { similarity: 0.8, score: 0.6 }, unknown)).toBe(0.25);
    expect(labelOdds(terms, { similarity: 0.5, score: 0.9 }, unknown)).toBe(0);
  });

  it('gives up where as many labels as are kept have proved nothing', () => {
    expect(labelOdds(terms, near, { ...unknown, labels: 5_000 })).toBe(0.25);
  });

  it('pays a model for no more than the policy says', () => {
    const judge = { kind: 'llm', model: 'judge', minSimilarity: 0.9 } as const;
    expect(labelOdds({ ...terms, judge }, near, unknown)).toBe(0.25);
  });

  it('judges no more where nothing is sought: in modes with a fixed threshold, or without judging at all', () => {
    expect(labelOdds({ ...terms, mode: 'static' }, near, unknown)).toBe(0.25);
    expect(labelOdds({ ...terms, labelShare: 0 }, near, unknown)).toBe(0);
  });
});
