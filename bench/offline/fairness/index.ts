import type { Goal, OfflineScenario, Section } from '../offline-scenario';
import { azureArrivals, tenantArrivals } from '../simulator/recorded';
import { FLOODS, floodCalls, type FloodFigures, measureFlood } from './flood';
import { measureScene, type SceneFigures } from './measure-scene';
import { azureScene, type Scene, syntheticScenes, tenantScene } from './scenes';
import { CAPS, NO_CAPS, RELAY, RELAYS, schedulersFor } from './schedulers';

const SIMULATED_MINUTES = 20;
const AZURE_LOAD = 1.5;
const TENANTS_LOAD = 2;
const GOALS = { gap: 1, jain: 0.99, flood: 1.5 };

interface Row<Figures> {
  readonly scene: string;
  readonly scheduler: string;
  readonly figures: Figures;
}

export const fairness: OfflineScenario = {
  summary:
    "service of tenants that compete for slots: the relay's scheduler on a virtual clock beside FIFO, round robin, VTC",
  async run({ data, seed, sample = Infinity, say }) {
    const azure = (await azureArrivals(data)).slice(0, sample);
    const tenants = (await tenantArrivals(data)).slice(0, sample);
    const scenes = [
      ...syntheticScenes(azure, SIMULATED_MINUTES, seed),
      tenantScene(tenants, TENANTS_LOAD),
      azureScene(azure, AZURE_LOAD, seed),
    ];
    const rows = await measureScenes(scenes, say);
    const floods = await measureFloods((times) => floodCalls(azure, times, SIMULATED_MINUTES, seed), say);
    return {
      sections: [sceneSection(rows), floodSection(floods)],
      goals: [...sceneGoals(rows), floodGoal(floods)],
      details: { scenes: rows, floods },
    };
  },
};

async function measureScenes(scenes: readonly Scene[], say: (line: string) => void): Promise<Row<SceneFigures>[]> {
  const rows: Row<SceneFigures>[] = [];
  for (const scene of scenes) {
    say(scene.name);
    for (const [scheduler, dispatcher] of Object.entries(schedulersFor(scene.calls, NO_CAPS)))
      rows.push({ scene: scene.name, scheduler, figures: await measureScene(scene, dispatcher) });
  }
  return rows;
}

async function measureFloods(
  callsOf: (times: number) => ReturnType<typeof floodCalls>,
  say: (line: string) => void,
): Promise<Row<FloodFigures>[]> {
  const rows: Row<FloodFigures>[] = [];
  for (const times of FLOODS) {
    say(`flood ${times}x`);
    const calls = callsOf(times);
    for (const [scheduler, dispatcher] of Object.entries(schedulersFor(calls, CAPS)))
      rows.push({ scene: floodName(times), scheduler, figures: await measureFlood(calls, dispatcher) });
  }
  return rows;
}

const floodName = (times: number): string => (times === 0 ? 'silent' : `${times}x`);
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
const index = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(4));

const sceneSection = (rows: readonly Row<SceneFigures>[]): Section => ({
  title: 'Competing tenants',
  notes: [
    'Every request waits until it is served. x2: in two processes that share line and slots, requests dealt out at random or each tenant to one of them. Gap: the largest difference in service (input + 2 x output tokens, over weight) of two tenants in any interval in which both had requests waiting; its bound as in the VTC paper, ' +
      '2 max(wp L, wq M) over the smallest weight, L the longest prompt, M the most tokens that calls under way held at once in this run. Jain index of service over weight among those that waited all through a window of five minutes: mean and worst window. ' +
      'Long: requests of 4,000 weighted tokens or more. Idle: slots free while somebody waited, in slot-seconds.',
  ],
  table: [
    ['scene, scheduler', 'gap', 'bound', 'Jain', 'worst', 'wait P99 s', 'long, worst s', 'idle', 'slots busy'],
    ...rows.map(({ scene, scheduler, figures }) => [
      `${scene}, ${scheduler}`,
      figures.gap.toFixed(0),
      figures.bound.toFixed(0),
      index(figures.jain),
      index(figures.worstJain),
      seconds(figures.waitP99Ms),
      figures.longWorstWaitMs === 0 ? '-' : seconds(figures.longWorstWaitMs),
      figures.idleSlotSeconds.toFixed(1),
      `${(100 * figures.utilisation).toFixed(1)}%`,
    ]),
  ],
});

const floodSection = (rows: readonly Row<FloodFigures>[]): Section => ({
  title: 'One tenant floods',
  notes: [
    'Three tenants ask for half of their share each, a fourth for a multiple of its own. Of the three: P99 of the wait for a slot, of wait and service together, and the share refused. ' +
      'The last two columns are ratios of wait and service: to the flooder being silent, and to its keeping to its share. While it is silent a slot is always free, so that the ratio of waits has no meaning. ' +
      "Everybody has the bounds of the relay: 2,000 waiting requests, 200 of a tenant. Calls do not slow one another down here: what grows is the scheduler's doing.",
  ],
  table: [
    ['flood, scheduler', 'wait P99 s', 'wait + service P99 s', 'refused', 'over silent', 'over 1x'],
    ...rows.map((row) => [
      `${row.scene}, ${row.scheduler}`,
      seconds(row.figures.politeWaitP99Ms),
      seconds(row.figures.politeLatencyP99Ms),
      `${(100 * row.figures.politeRefused).toFixed(1)}%`,
      latencyRatio(rows, row, 0).toFixed(2),
      latencyRatio(rows, row, 1).toFixed(2),
    ]),
  ],
});

/** P99 of wait and service beside that under the same scheduler with another flood. */
function latencyRatio(
  rows: readonly Row<FloodFigures>[],
  { scheduler, figures }: Row<FloodFigures>,
  times: number,
): number {
  const base = rows.find((row) => row.scene === floodName(times) && row.scheduler === scheduler);
  return figures.politeLatencyP99Ms / (base?.figures.politeLatencyP99Ms ?? NaN);
}

function sceneGoals(rows: readonly Row<SceneFigures>[]): Goal[] {
  return rows
    .filter(({ scheduler }) => RELAYS.includes(scheduler))
    .flatMap(({ scene, scheduler, figures: { gap, bound, jain, idleSlotSeconds } }): Goal[] => {
      const name = (what: string): string => `${scene}, ${scheduler}: ${what}`;
      return [
        { name: name('service gap over its bound'), value: gap / bound, wanted: GOALS.gap, better: 'lower' },
        { name: name('Jain index'), value: jain, wanted: GOALS.jain, better: 'higher' },
        ...(scheduler === RELAY ? [idleGoal(name('slot-seconds idle while somebody waits'), idleSlotSeconds)] : []),
      ];
    });
}

/** Of one process: between several a slot that is lent or moves takes its time. */
const idleGoal = (name: string, value: number): Goal => ({ name, value, wanted: 0, better: 'lower' });

function floodGoal(rows: readonly Row<FloodFigures>[]): Goal {
  const most = rows.findLast(({ scheduler }) => scheduler === RELAY);
  return {
    name: `polite tenants, wait and service P99, flood of ${most?.scene} over silent`,
    value: most ? latencyRatio(rows, most, 0) : NaN,
    wanted: GOALS.flood,
    better: 'lower',
  };
}
