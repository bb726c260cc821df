import type { Goal, OfflineScenario } from '../offline-scenario';
import { byMeanWait } from '../simulator/by-mean-wait';
import { fifo } from '../simulator/disciplines';
import type { DispatcherFactory } from '../simulator/dispatcher';
import { queueOf } from '../simulator/queue-dispatcher';
import { azureArrivals, type Recorded } from '../simulator/recorded';
import { relayScheduler, relayWithAdmission } from '../simulator/relay-dispatcher';
import { simulate } from '../simulator/simulate';
import { overloadCalls, SLOTS, withPolite } from './arrivals';
import { measureLoad } from './measure-load';
import { politeFigures } from './polite-figures';
import { type LoadRow, type OverloadResults, type PoliteRow, RELAY, type TenantRow } from './results';
import { sectionsOf } from './sections';
import { measureShort, type ShortRow } from './short-deadlines';
import { tenantFigures } from './tenant-figures';
import { measureWaits } from './wait-figures';

const LOADS = [0.5, 0.8, 1, 1.5, 2, 3];
const OVERLOADS = LOADS.filter((load) => load > 1);
/** Load at which it is shown who is refused. */
const TENANT_LOAD = 2;
const DEFAULT_SAMPLE = 6_000; // requests
/** How often a polite client comes again. */
const RETRIES = 10;
const GOALS = { ofPeak: 0.9, polite: 0.95, pastDeadlineMs: 1, late: 0.002 };

const WITH_ADMISSION = 'FIFO, admission';
const SCHEDULERS: Readonly<Record<string, DispatcherFactory>> = {
  [RELAY]: relayWithAdmission(),
  'relay, no prediction': relayScheduler(),
  [WITH_ADMISSION]: queueOf(fifo, byMeanWait),
  FIFO: queueOf(fifo),
  'FIFO, unnoticed': queueOf(fifo, () => ({ servesTheLate: true })),
};

export const overload: OfflineScenario = {
  summary:
    "answers in time at half to three times what the slots can do: the relay's admission and scheduler beside FIFO",
  async run({ data, seed, sample = DEFAULT_SAMPLE, say }) {
    const rows = (await azureArrivals(data)).slice(0, sample);
    const results: OverloadResults = {
      loads: await runLoads(rows, seed, say),
      waits: await measureWaits(overloadCalls(rows, TENANT_LOAD, seed)),
      tenants: await runTenants(rows, seed),
      polite: await runPolite(rows, seed, say),
      short: await measureShort(seed),
    };
    return { sections: sectionsOf(results), goals: goalsOf(results), details: results };
  },
};

type Say = (line: string) => void;

async function runLoads(rows: readonly Recorded[], seed: number, say: Say): Promise<LoadRow[]> {
  const measured: LoadRow[] = [];
  for (const load of LOADS) {
    say(`load ${load}`);
    const calls = overloadCalls(rows, load, seed);
    for (const [scheduler, dispatcher] of Object.entries(SCHEDULERS))
      measured.push({ load, scheduler, figures: await measureLoad(calls, dispatcher) });
  }
  return measured;
}

async function runTenants(rows: readonly Recorded[], seed: number): Promise<TenantRow[]> {
  const calls = overloadCalls(rows, TENANT_LOAD, seed);
  const measured: TenantRow[] = [];
  for (const scheduler of [RELAY, WITH_ADMISSION]) {
    const dispatcher = SCHEDULERS[scheduler] ?? relayWithAdmission();
    const outcomes = await simulate({ calls, slots: SLOTS, dispatcher });
    measured.push(...tenantFigures(outcomes, calls).map((figures) => ({ scheduler, figures })));
  }
  return measured;
}

async function runPolite(rows: readonly Recorded[], seed: number, say: Say): Promise<PoliteRow[]> {
  const measured: PoliteRow[] = [];
  for (const load of OVERLOADS) {
    say(`load ${load}, polite clients`);
    const calls = withPolite(overloadCalls(rows, load, seed), RETRIES);
    const outcomes = await simulate({ calls, slots: SLOTS, dispatcher: relayWithAdmission() });
    measured.push({ load, figures: politeFigures(outcomes, calls) });
  }
  return measured;
}

function goalsOf({ loads, polite, short }: OverloadResults): Goal[] {
  const relay = loads.filter(({ scheduler }) => scheduler === RELAY);
  const peak = (of: 'goodput' | 'goodTokens'): number => Math.max(...relay.map(({ figures }) => figures[of]));
  const last = relay.at(-1);
  const ofPeak = (of: 'goodput' | 'goodTokens'): number => (last?.figures[of] ?? NaN) / peak(of);
  const longestPastMs = Math.max(...relay.map(({ figures }) => figures.longestPastMs));
  return [
    {
      name: `answers in time at ${last?.load}x, of the peak`,
      value: ofPeak('goodput'),
      wanted: GOALS.ofPeak,
      better: 'higher',
    },
    {
      name: `output tokens in time at ${last?.load}x, of the peak`,
      value: ofPeak('goodTokens'),
      wanted: GOALS.ofPeak,
      better: 'higher',
    },
    ...polite.map(({ load, figures }): Goal => politeGoal(load, figures.within.served)),
    { name: 'longest wait past a deadline, ms', value: longestPastMs, wanted: GOALS.pastDeadlineMs, better: 'lower' },
    ...shortGoals(short),
  ];
}

function shortGoals(short: readonly ShortRow[]): Goal[] {
  const peak = Math.max(...short.map(({ inTimePerSecond }) => inTimePerSecond));
  const last = short.at(-1);
  const most = (pick: (row: ShortRow) => number): number => Math.max(...short.map(pick));
  return [
    {
      ...{ name: `short deadlines: answers in time at ${last?.load}x, of the peak`, wanted: GOALS.ofPeak },
      ...{ value: (last?.inTimePerSecond ?? Number.NaN) / peak, better: 'higher' },
    },
    {
      ...{ name: 'short deadlines: let in and not answered in time, at any load', wanted: GOALS.late },
      ...{ value: most(({ late }) => late), better: 'lower' },
    },
    {
      ...{ name: 'short deadlines: refusals that came after a wait, at any load', wanted: GOALS.late },
      ...{ value: most(({ refusedLate }) => refusedLate), better: 'lower' },
    },
  ];
}

const politeGoal = (load: number, served: number): Goal => ({
  name: `clients that come again, of tenants within their share, served at ${load}x`,
  ...{ value: served, wanted: GOALS.polite, better: 'higher' },
});
