import { relayScheduler } from '../simulator/relay-dispatcher';
import { compare } from './measure';
import { scene } from './workloads';
import { errorOf } from '.';

const CALLS = 5_000;
const UNBOUNDED = { maxQueued: 1_000_000, maxQueuedPerTenant: 1_000_000, shortShare: 0 };

describe('the waits that the capacity report predicts', () => {
  it.each([
    ['equal answers', 4, 0.7],
    ['equal answers', 8, 0.8],
    ['exponential answers', 4, 0.8],
    ['few long answers', 4, 0.7],
  ])('are near those of the simulated scheduler: %s, %i slots, utilisation %d', async (lengths, slots, load) => {
    const { predicted, simulated } = await compare(
      scene(lengths, false, slots, load, CALLS, 1),
      relayScheduler(UNBOUNDED),
    );
    expect(Math.abs(errorOf(predicted?.mean, simulated.mean))).toBeLessThan(0.4);
    expect(Math.abs(errorOf(predicted?.p90, simulated.p90))).toBeLessThan(0.4);
  });

  it('grow with bursts, as those of the simulated scheduler do', async () => {
    const [even, bursty] = await Promise.all(
      [false, true].map((bursts) =>
        compare(scene('exponential answers', bursts, 4, 0.8, CALLS, 1), relayScheduler(UNBOUNDED)),
      ),
    );
    const times = (wait: 'predicted' | 'simulated'): number =>
      (bursty?.[wait]?.mean ?? NaN) / (even?.[wait]?.mean ?? NaN);
    expect(times('simulated')).toBeGreaterThan(3);
    expect(times('predicted') / times('simulated')).toBeGreaterThan(0.6);
    expect(times('predicted') / times('simulated')).toBeLessThan(1.6);
  });
});
