import type { Goal, OfflineScenario, Section } from '../offline-scenario';
import { quantile } from '../simulator/quantile';
import { relayScheduler } from '../simulator/relay-dispatcher';
import { type Comparison, compare } from './measure';
import { LENGTHS, scene } from './workloads';

const LOADS = [0.5, 0.7, 0.8, 0.9, 0.95];
const SLOTS = [4, 16, 64];
const DEFAULT_CALLS = 60_000; // of a scene
/** Waits shorter than this, ms, are told apart by nobody: an error there counts as of this much. */
const NOTICEABLE_MS = 100;
/** Errors that decisions about capacity can live with, as shares. */
const GOALS = { median: 0.15, worst: 0.6 };

/** No deadline, no bound of the line: what waits is what the model is about. */
const UNBOUNDED = { maxQueued: 1_000_000, maxQueuedPerTenant: 1_000_000, shortShare: 0 };

export const capacityModel: OfflineScenario = {
  summary: "waits that the capacity report predicts, beside those of the relay's scheduler in the simulator",
  withoutData: true,
  async run({ seed, sample = DEFAULT_CALLS, say }) {
    const rows: Comparison[] = [];
    for (const lengths of Object.keys(LENGTHS)) {
      for (const bursts of [false, true]) {
        say(`${lengths}${bursts ? ' in bursts' : ''}`);
        for (const slots of SLOTS) {
          for (const load of LOADS) {
            const calls = scene(lengths, bursts, slots, load, sample, seed + rows.length); // of its own chance
            rows.push(await compare(calls, relayScheduler(UNBOUNDED)));
          }
        }
      }
    }
    return { sections: [errorSection(rows), sceneSection(rows)], goals: goalsOf(rows), details: { rows } };
  },
};

/** Predicted over simulated, less one: 0.1 is a tenth too long. */
export function errorOf(predictedMs: number | undefined, simulatedMs: number): number {
  if (predictedMs === undefined) return NaN;
  return (predictedMs - simulatedMs) / Math.max(simulatedMs, NOTICEABLE_MS);
}

const meanError = ({ predicted, simulated }: Comparison): number => errorOf(predicted?.mean, simulated.mean);
const p90Error = ({ predicted, simulated }: Comparison): number => errorOf(predicted?.p90, simulated.p90);
const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;
const seconds = (ms: number | undefined): string => (ms === undefined ? '-' : (ms / 1_000).toFixed(2));

function errorSection(rows: readonly Comparison[]): Section {
  const of = (bursts: boolean, load: number): Comparison[] =>
    rows.filter(({ scene }) => scene.bursts === bursts && scene.load === load);
  return {
    title: 'Errors by utilisation',
    notes: [
      `Absolute errors over 4, 16 and 64 slots and three kinds of answers, as shares of the simulated wait (of ${NOTICEABLE_MS} ms where it is shorter): median and worst. The model knows of the calls what traces tell.`,
    ],
    table: [
      ['arrivals, utilisation', 'mean', 'worst', 'P90', 'worst'],
      ...[false, true].flatMap((bursts) =>
        LOADS.map((load) => {
          const [mean, p90] = [meanError, p90Error].map((error) => sizes(of(bursts, load), error));
          const name = `${bursts ? 'in bursts of four' : 'at random'}, ${load}`;
          return [
            name,
            ...[mean, p90].flatMap((found = []) => [quantile(found, 0.5), Math.max(...found)]).map(percent),
          ];
        }),
      ),
    ],
  };
}

/** Of those that were predicted at all. */
const sizes = (rows: readonly Comparison[], error: (row: Comparison) => number): number[] =>
  rows
    .map(error)
    .map(Math.abs)
    .filter((size) => !Number.isNaN(size));

const sceneSection = (rows: readonly Comparison[]): Section => ({
  title: 'Scenes',
  notes: ['Waits in s, of the relay: predicted and simulated.'],
  table: [
    ['answers, slots, utilisation', 'CV', 'dispersion', 'mean', 'simulated', 'P90', 'simulated'],
    ...rows.map(({ scene: { lengths, bursts, slots, load: wanted }, load, predicted, simulated }) => [
      `${lengths}${bursts ? ' in bursts' : ''}, ${slots}, ${wanted}`,
      load.serviceCv.toFixed(2),
      load.dispersion.toFixed(2),
      seconds(predicted?.mean),
      seconds(simulated.mean),
      seconds(predicted?.p90),
      seconds(simulated.p90),
    ]),
  ],
});

function goalsOf(rows: readonly Comparison[]): Goal[] {
  const random = rows.filter(({ scene: { bursts } }) => !bursts);
  const goal = (name: string, value: number, wanted: number): Goal => ({ name, value, wanted, better: 'lower' });
  return [
    goal('arrivals at random: median error of the mean wait', quantile(sizes(random, meanError), 0.5), GOALS.median),
    goal('arrivals at random: median error of the P90 wait', quantile(sizes(random, p90Error), 0.5), GOALS.median),
    goal('arrivals at random: worst error of the mean wait', Math.max(...sizes(random, meanError)), GOALS.worst),
    goal('arrivals at random: worst error of the P90 wait', Math.max(...sizes(random, p90Error)), GOALS.worst),
  ];
}
