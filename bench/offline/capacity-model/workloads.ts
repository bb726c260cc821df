import { seededRandom } from '../../training/random';
import type { Lengths } from '../simulator/service-model';
import { steadyPace } from '../simulator/service-model';
import type { SimCall } from '../simulator/sim-call';
import { poisson } from '../simulator/workload';

type Random = () => number;

/** How long answers are, which is how long slots are held. */
export const LENGTHS: Readonly<Record<string, (random: Random) => Lengths>> = {
  'equal answers': () => ({ input: 200, output: 100 }),
  'exponential answers': (random) => ({ input: 200, output: Math.round(-100 * Math.log(1 - random())) }),
  // Nine of ten are short: the standard deviation is twice the mean.
  'few long answers': (random) => ({ input: 200, output: random() < 0.9 ? 20 : 820 }),
};

/** Calls of a burst that come at once, on the mean (geometrically distributed). */
const BURST_CALLS = 4;

export interface Scene {
  readonly lengths: string;
  readonly bursts: boolean;
  readonly slots: number;
  readonly load: number; // utilisation
  readonly calls: SimCall[];
}

/** `count` calls that ask for `load` of the slots, at random or in bursts that come at random. */
export function scene(
  lengths: string,
  bursts: boolean,
  slots: number,
  load: number,
  count: number,
  seed: number,
): Scene {
  const random = seededRandom(seed);
  const draw = LENGTHS[lengths];
  if (!draw) throw new Error(`there are no lengths "${lengths}"`);
  const meanMs = meanServiceMs(draw, seededRandom(seed + 1));
  const rate = (load * slots * 1_000) / meanMs;
  const stream = { tenant: 'all', toMs: (count / rate) * 1_000, lengths: () => draw(random) };
  if (!bursts) return { lengths, bursts, slots, load, calls: poisson({ ...stream, rate }, random) };
  const starts = poisson({ ...stream, rate: rate / BURST_CALLS }, random);
  const calls = starts.flatMap((first) =>
    Array.from({ length: geometric(random) }, () => ({ ...first, ...draw(random) })),
  );
  return { lengths, bursts, slots, load, calls };
}

const geometric = (random: Random): number => 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - 1 / BURST_CALLS));

const SAMPLE = 200_000;

function meanServiceMs(draw: (random: Random) => Lengths, random: Random): number {
  let sum = 0;
  for (let n = 0; n < SAMPLE; n++) sum += steadyPace(draw(random), 1).totalMs;
  return sum / SAMPLE;
}
