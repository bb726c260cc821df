import { hashText, SeededDraws } from '../seeded';
import { evidenceWeight } from '../expected-quality';
import { betaSample } from '../beta-sample';
import type { Strategy } from './strategy';

const EXPLORATION = 0x5bd1e995; // any number: draws by weight begin with the plain seed
const BELOW_FLOOR = -1; // moves a score in 0..1 behind all others and keeps the order

/**
 * Thompson sampling (Thompson 1933; Chapelle & Li 2011): each model's quality is drawn from what its feedback leaves open, and
 * the best draw wins. At most `explore` of the requests draw; the others take the best mean. A model whose mean is below
 * the floor is not explored.
 */
export const bandit: Strategy = {
  draws: true,
  describe: (fields) => {
    const floor = fields['route.qualityFloor'];
    const limit = floor === null ? '' : `, none with an expected quality below ${floor}`;
    return `bandit: the best by feedback first; ${fields['route.explore']} of the requests explore${limit}`;
  },
  score: ({ quality }, model, { fields, traits, live, seed }) => {
    const floor = fields['route.qualityFloor'];
    if (floor !== null && quality < floor) return BELOW_FLOOR + quality;
    const explores = new SeededDraws(seed ^ EXPLORATION).next() < fields['route.explore'];
    if (!explores) return quality;
    const weight = evidenceWeight(model, traits, live.evidence);
    return betaSample(quality * weight, (1 - quality) * weight, new SeededDraws(seed ^ hashText(model.id)));
  },
};
