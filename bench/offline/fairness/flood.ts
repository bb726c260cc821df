import { seededRandom } from '../../training/random';
import type { DispatcherFactory } from '../simulator/dispatcher';
import { quantile } from '../simulator/quantile';
import { capacityOf, type Lengths, steadyPace } from '../simulator/service-model';
import type { SimCall } from '../simulator/sim-call';
import { simulate } from '../simulator/simulate';
import { oneOf, poisson } from '../simulator/workload';
import { SLOTS } from './scenes';

/** What the flooding tenant asks for, as a multiple of its share of the slots. 0: it is silent. */
export const FLOODS = [0, 1, 3, 10, 30, 100] as const;

const FLOODER = 'flooder';
const POLITE = ['polite a', 'polite b', 'polite c'];
/** What each polite tenant asks for, of its share. */
const POLITE_LOAD = 0.5;

export interface FloodFigures {
  readonly politeWaitP99Ms: number;
  readonly politeLatencyP99Ms: number; // wait and service
  readonly politeRefused: number; // share
}

/** Four tenants of the same weight: three ask for half of their share, one for `times` as much as its own. */
export function floodCalls(sample: readonly Lengths[], times: number, minutes: number, seed: number): SimCall[] {
  const share = capacityOf(sample, SLOTS) / (POLITE.length + 1);
  const toMs = minutes * 60_000;
  return [FLOODER, ...POLITE].flatMap((tenant, i) => {
    const random = seededRandom(seed + i); // of its own: the polite ask for the same, whatever the flooder does
    const rate = share * (tenant === FLOODER ? times : POLITE_LOAD);
    return rate === 0 ? [] : poisson({ tenant, rate, toMs, lengths: oneOf(sample, random) }, random);
  });
}

export async function measureFlood(calls: readonly SimCall[], dispatcher: DispatcherFactory): Promise<FloodFigures> {
  const outcomes = await simulate({ calls, slots: SLOTS, dispatcher, service: steadyPace });
  const polite = outcomes.filter(({ call }) => call.tenant !== FLOODER);
  const served = polite.filter(({ startedMs }) => startedMs !== null);
  const p99 = (values: readonly number[]): number => quantile(values, 0.99);
  return {
    politeWaitP99Ms: p99(served.map(({ startedMs, atMs }) => (startedMs ?? 0) - atMs)),
    politeLatencyP99Ms: p99(served.map(({ endedMs, atMs }) => endedMs - atMs)),
    politeRefused: 1 - served.length / polite.length,
  };
}
