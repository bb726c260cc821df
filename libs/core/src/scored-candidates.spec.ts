import type { RouteCandidate } from '@relay/contracts';
import { scoredCandidates } from './scored-candidates';

const candidate = (model: string, score: number): RouteCandidate => ({
  model,
  provider: 'a',
  upstreamModel: `up-${model}`,
  score,
  terms: {},
});

describe('candidates with their scores', () => {
  const planned = [candidate('small', 0), candidate('large', 0), candidate('spare', 0)];

  it('stand in the order of their scores, the others behind them as the plan has them', () => {
    const scores = [candidate('large', 0.9), candidate('small', 0.2)];
    expect(scoredCandidates(planned, scores)).toEqual([...scores, planned[2]]);
  });

  it('are those of the plan where a request had no scores of its own', () => {
    expect(scoredCandidates(planned, null)).toEqual(planned);
  });
});
