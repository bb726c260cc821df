import path from 'node:path';
import type { Goal, Section } from '../../offline/offline-scenario';
import { Rig } from '../../runner/rig';
import { reference } from '../../subjects/reference';
import { openSurroundings } from '../../subjects/surroundings';
import { Crowd } from '../crowd/crowd';
import { crowdConfig } from '../crowd/crowd-config';
import { startGateway } from '../crowd/gateways';
import type { Experiment } from '../experiment';
import {
  CAPACITY,
  DEADLINE_MS,
  type Load,
  measureLoad,
  measureReturning,
  type Returning,
  SERVICE,
  SLOTS,
  TENANT,
} from './measure';

const MULTIPLES = [0.5, 1, 1.5, 2, 3];
/** At which clients come back as they are told. */
const RETURNING_AT = 2;
const FIFO_MULTIPLES = [1, 3];
const WANTED_OF_PEAK = 0.9;
const WANTED_REFUSAL_MS = 50;
/** Timers and sockets take this much longer than they are told to; ms. */
const SLACK_MS = 100;
const MOST_LATE_MS = 20;

export const overloadHttp: Experiment = {
  summary:
    'one gateway asked for half to three times what its slots can serve: answers within the deadline, refusals, clients that come back',
  defaults: { seconds: 8, rounds: 1, warmup: 4 },
  run: async ({ options, temporary, say }) => {
    const rig = await Rig.start({ ...SERVICE, slots: SLOTS });
    try {
      const surroundings = await openSurroundings();
      rig.owns(surroundings);
      const config = (upstreamUrl: string) => crowdConfig(upstreamUrl, { slots: SLOTS, tenants: [TENANT] });
      const relay = await startGateway(rig, 'relay', { surroundings, temporary, config });
      const fifo = await rig.add(reference.start, path.join(temporary, 'fifo'));
      const crowd = new Crowd(rig);
      await measureLoad(crowd, relay, 1, options.warmup);
      const loads: Load[] = [];
      const atFifo: Load[] = [];
      let returning: Returning | undefined;
      for (const multiple of MULTIPLES) {
        const clients = multiple === RETURNING_AT ? measureReturning(relay, options.seconds) : undefined;
        loads.push(await measureLoad(crowd, relay, multiple, options.seconds));
        returning = (await clients) ?? returning;
        say(`relay at ${multiple}x: ${loads.at(-1)?.goodPerSecond.toFixed(1)} good answers/s`);
      }
      for (const multiple of FIFO_MULTIPLES) {
        atFifo.push(await measureLoad(crowd, fifo, multiple, options.seconds));
        say(`first come, first served at ${multiple}x: ${atFifo.at(-1)?.goodPerSecond.toFixed(1)} good answers/s`);
      }
      return {
        method: `${options.seconds} s at each load, in turn; figures leave out the first second.`,
        sections: [section(loads, atFifo, returning)],
        goals: goals(loads, returning),
        warnings: warnings([...loads, ...atFifo]),
        facts: surroundings.facts,
        details: { loads, atFifo, returning },
      };
    } finally {
      await rig.stop();
    }
  },
};

const ms = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(0));

function section(loads: readonly Load[], atFifo: readonly Load[], returning: Returning | undefined): Section {
  const head = [
    '',
    'load',
    'in time/s',
    'too late/s',
    '429/s',
    'failed',
    'P99 ms',
    '429 P99 ms',
    '429 longest ms',
    'generator late P99 ms',
  ];
  const cells = (label: string, load: Load): string[] => [
    ...[label, `${load.multiple}x`, load.goodPerSecond.toFixed(1), load.latePerSecond.toFixed(1)],
    ...[load.refusedPerSecond.toFixed(1), String(load.failed), ms(load.totalP99), ms(load.refusalP99)],
    ...[ms(load.longestRefusal), load.lateP99Ms.toFixed(1)],
  ];
  const tries = [...(returning?.tries ?? [])].sort((a, b) => a - b);
  const notes = [
    `${SLOTS} slots of ${SERVICE.latency} ms (evenly ${1 - SERVICE.jitter} to ${1 + SERVICE.jitter} times that): ${CAPACITY} calls a second. Each request has ${DEADLINE_MS} ms. \`fifo\` is the reference, which admits everybody, before an upstream that serves as many at a time, first come, first served.`,
    `At ${RETURNING_AT}x, of ${returning?.clients ?? 0} clients that came back when Retry-After said so, ${returning?.served ?? 0} were served, after ${tries[tries.length >> 1] ?? '-'} tries at the median and ${tries.at(-1) ?? '-'} at most.`,
  ];
  const rows = [...loads.map((load) => cells('relay', load)), ...atFifo.map((load) => cells('fifo', load))];
  return { title: 'loads', notes, table: [head, ...rows] };
}

function goals(loads: readonly Load[], returning: Returning | undefined): Goal[] {
  const peak = Math.max(...loads.map(({ goodPerSecond }) => goodPerSecond));
  const most = (pick: (load: Load) => number): number =>
    Math.max(...loads.map(pick).filter((value) => !Number.isNaN(value)));
  return [
    {
      ...{ name: 'answers in time at 3x, of the peak', value: (loads.at(-1)?.goodPerSecond ?? Number.NaN) / peak },
      ...{ wanted: WANTED_OF_PEAK, better: 'higher' },
    },
    {
      name: 'P99 of a 429 in ms, at any load',
      value: most(({ refusalP99 }) => refusalP99),
      wanted: WANTED_REFUSAL_MS,
      better: 'lower',
    },
    {
      ...{ name: 'longest time until a 429 in ms', value: most(({ longestRefusal }) => longestRefusal) },
      ...{ wanted: DEADLINE_MS + SLACK_MS, better: 'lower' },
    },
    {
      name: '429s without Retry-After',
      value: most(({ withoutRetryAfter }) => withoutRetryAfter),
      wanted: 0,
      better: 'lower',
    },
    {
      ...{
        name: 'clients served that come back as told',
        value: returning ? returning.served / returning.clients : Number.NaN,
      },
      ...{ wanted: 1, better: 'higher' },
    },
  ];
}

function warnings(loads: readonly Load[]): string[] {
  return loads.flatMap(({ multiple, failed, lateP99Ms }) => [
    ...(failed > 0 ? [`at ${multiple}x, ${failed} requests got neither an answer nor a 429`] : []),
    ...(lateP99Ms > MOST_LATE_MS ? [`at ${multiple}x the generator was ${lateP99Ms.toFixed(0)} ms late at P99`] : []),
  ]);
}
