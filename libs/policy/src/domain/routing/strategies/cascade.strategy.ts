import { costScore } from './cost.strategy';
import type { Strategy } from './strategy';

/** The cheapest first; whoever answers next is decided by the answer. */
export const cascade: Strategy = {
  describe: ({ 'route.qualityFloor': floor }) =>
    `cascade: the cheapest${floor === null ? '' : ` with an expected quality of at least ${floor}`} first, the next if its answer is not accepted`,
  score: (estimate, _model, { fields }) => costScore(estimate, fields['route.qualityFloor']),
};
