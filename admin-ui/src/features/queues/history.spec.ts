import type { Schemas } from '../../api/client';
import { MAX_SAMPLES, withSample, type Sample } from './history';

const pools = [
  { id: 'p', inUse: 2, poolLimit: 4, waiting: { short: 1, long: 3 }, tenants: [], degrading: false },
] as unknown as Schemas['Pool'][];

describe('what was seen of the lines', () => {
  it('keeps each look once, and no more than are drawn', () => {
    let samples: readonly Sample[] = [];
    for (let at = 1; at <= MAX_SAMPLES + 5; at += 1) samples = withSample(samples, at, pools);
    expect(withSample(samples, MAX_SAMPLES + 5, pools)).toBe(samples);
    expect(samples).toHaveLength(MAX_SAMPLES);
    expect(samples.at(-1)).toEqual({ at: MAX_SAMPLES + 5, short: 1, long: 3, inUse: 2, slots: 4 });
  });
});
