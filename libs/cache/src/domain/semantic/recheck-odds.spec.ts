import { recheckOdds } from './recheck-odds';
import type { ThresholdState } from './semantic-model';

const terms = {
  mode: 'verified',
  threshold: 0.9,
  maxErrorPerHit: 0.05,
  ttlMs: 60_000,
  evidence: 'default',
  maxTurns: 1,
  maxTemperature: 1,
  judge: { kind: 'equality', model: null, minSimilarity: 1 },
  labelShare: 0.25,
  recheckShare: 0.02,
} as const;

const after = (hits: number): ThresholdState => ({
  threshold: 0.9,
  bound: 0.04,
  reach: 0.8,
  labels: 500,
  measured: hits === 0 ? null : { error: 0, low: 0, high: 0.1, hits, marked: 0 },
  drifted: false,
});

describe('odds with which a hit is asked again', () => {
  it('are those of misses until 3 / budget hits were, then fall with their number to those of the policy', () => {
    const odds = [0, 60, 120, 600, 6_000].map((hits) => recheckOdds(terms, after(hits)));
    expect(odds).toEqual([0.25, 0.25, 0.125, expect.closeTo(0.025) as number, 0.02]);
  });

  it('are never less than the policy asks for', () => {
    expect(recheckOdds({ ...terms, labelShare: 0, recheckShare: 0.1 }, after(0))).toBe(0.1);
  });

  it('are those of the policy where nothing was learned to serve it', () => {
    expect(recheckOdds({ ...terms, mode: 'static' }, after(0))).toBe(0.02);
  });
});
