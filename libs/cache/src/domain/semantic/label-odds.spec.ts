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
  const near = { similarity: 0.9, score: 0.9 };
  const distant = { similarity: 0.8, score: 0.6 };
  const judge = { kind: 'llm', model: 'judge', minSimilarity: 0.9 } as const;

  it('judges every near pair where that costs nothing, whether a threshold is known or not', () => {
    const known = { ...unknown, threshold: 0.8, reach: 0.85 };
    expect([unknown, known].map((state) => labelOdds(terms, near, state))).toEqual([1, 1]);
  });

  it('judges the share of the policy of distant pairs, and none that could never be served', () => {
    expect(labelOdds(terms, distant, unknown)).toBe(0.25);
    expect(labelOdds(terms, { similarity: 0.5, score: 0.9 }, unknown)).toBe(0);
  });

  it('judges every pair down to where a threshold may be proven', () => {
    expect(labelOdds(terms, distant, { ...unknown, reach: 0.5 })).toBe(1);
  });

  it('gives up where as many labels as are kept have proved nothing', () => {
    expect(labelOdds(terms, near, { ...unknown, labels: 5_000 })).toBe(0.25);
    expect(labelOdds(terms, near, { ...unknown, labels: 5_000, threshold: 0.9 })).toBe(1);
  });

  it('pays a model for pairs that may decide, and seldom for others', () => {
    const state = { ...unknown, reach: 0.95 };
    const odds = [0.96, 0.9].map((score) => labelOdds({ ...terms, judge }, { similarity: 0.9, score }, state));
    expect(odds).toEqual([1, 0.0625]);
    expect(labelOdds({ ...terms, judge, labelShare: 0.1 }, near, unknown)).toBe(0.4);
  });

  it('judges no more where nothing is sought: in modes with a fixed threshold, or without judging at all', () => {
    expect(labelOdds({ ...terms, mode: 'static' }, near, unknown)).toBe(0.25);
    expect(labelOdds({ ...terms, labelShare: 0 }, near, unknown)).toBe(0);
  });
});
