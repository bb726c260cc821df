import type { Estimate } from '../estimate';
import type { Strategy } from './strategy';

const MILLI = 1_000; // requests: so that prices of one request spread over (0, 1)

/** The cheapest model whose expected quality meets the floor; those below follow, the best of them first. */
export const cost: Strategy = {
  describe: ({ 'route.qualityFloor': floor }) =>
    floor === null
      ? 'cost: the cheapest first'
      : `cost: the cheapest with an expected quality of at least ${floor} first`,
  score: (estimate, _model, { fields }) => costScore(estimate, fields['route.qualityFloor']),
};

/** Above 1 for what meets the floor, by falling price; below 1, by quality, for what does not. An unknown price comes last. */
export function costScore({ quality, usd }: Estimate, floor: number | null): number {
  if (floor !== null && quality < floor) return quality;
  return usd === null ? 1 : 1 + 1 / (1 + usd * MILLI);
}
