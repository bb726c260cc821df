import type { Goal, Section } from '../../offline/offline-scenario';
import { Rig } from '../../runner/rig';
import type { RunningSubject } from '../../subjects/subject';
import { openSurroundings, type Surroundings } from '../../subjects/surroundings';
import { Crowd } from '../crowd/crowd';
import { crowdConfig, keyOf } from '../crowd/crowd-config';
import { startGateway } from '../crowd/gateways';
import type { Experiment } from '../experiment';
import { BatchClient } from './batch-client';
import {
  type Beside,
  CEILING,
  type Killed,
  measureBeside,
  measureKilled,
  measurePeople,
  NIGHT,
  PEOPLE,
  type People,
  SERVICE,
  SLOTS,
  type Stage,
} from './measure';

const REQUESTS = 10_000;
const WANTED_OF_CEILING = 0.9;
/** Of people's P99 beside a batch, against theirs alone. */
const WANTED_RATIO = 1.25;
const MOST_LATE_MS = 20;

export const batch: Experiment = {
  summary:
    '10,000 requests by batch (--requests): throughput within the limits, people beside it, kill -9 of the worker',
  defaults: { seconds: 60, rounds: 1, warmup: 4 },
  run: async ({ options, temporary, say }) => {
    const requests = options.requests ?? REQUESTS;
    const rig = await Rig.start({ ...SERVICE, slots: SLOTS });
    try {
      const surroundings = await openStores();
      rig.owns(surroundings);
      const start = (name: string, roles: string): Promise<RunningSubject> => {
        const config = (upstreamUrl: string) => crowdConfig(upstreamUrl, { slots: SLOTS, tenants: [PEOPLE, NIGHT] });
        return startGateway(rig, name, { surroundings, temporary, config, env: { RELAY_ROLES: roles } });
      };
      const gateway = await start('gateway', 'gateway,admin');
      const worker = await start('worker', 'worker');
      const client = new BatchClient(`http://127.0.0.1:${gateway.port}`, keyOf(NIGHT.id));
      const stage: Stage = { rig, crowd: new Crowd(rig), client, gateway };
      await measurePeople(stage, options.warmup);
      const alone = await measurePeople(stage, options.seconds);
      say(`people alone: P99 ${alone.p99.toFixed(0)} ms`);
      const beside = await measureBeside(stage, requests, options.seconds);
      say(`beside a batch: P99 ${beside.people.p99.toFixed(0)} ms; ${beside.linesPerSecond.toFixed(1)} lines/s`);
      const killed = await measureKilled(stage, requests, worker, () => start('second-worker', 'worker'));
      say(`killed: ${killed.missing} lines missing, ${killed.repeated} repeated`);
      return {
        method: `One batch of ${requests} requests with people beside it, then one whose worker is killed.`,
        sections: [peopleSection(alone, beside), batchSection(beside, killed, requests)],
        goals: goals(alone, beside, killed),
        warnings: warnings([alone, beside.people]),
        facts: surroundings.facts,
        details: { requests, alone, beside, killed },
      };
    } finally {
      await rig.stop();
    }
  },
};

/** Gateway and worker are processes of their own, which share slots over Redis. */
async function openStores(): Promise<Surroundings> {
  const surroundings = await openSurroundings();
  if (surroundings.databaseUrl !== undefined && surroundings.redisUrl !== undefined) return surroundings;
  await surroundings.stop();
  throw new Error('batch needs BENCH_DATABASE_URL and BENCH_REDIS_URL: gateway and worker are processes of their own');
}

function peopleSection(alone: People, beside: Beside): Section {
  const cells = (label: string, { requests, failed, p50, p99, lateP99Ms }: People): string[] => [
    ...[label, String(requests), String(failed), p50.toFixed(0), p99.toFixed(0), lateP99Ms.toFixed(1)],
  ];
  return {
    title: 'people',
    notes: [
      `${SLOTS} slots of ${SERVICE.latency} ms (evenly ${1 - SERVICE.jitter} to ${1 + SERVICE.jitter} times that). People ask for a fifth of what the slots can do, in an open loop, at the default level.`,
    ],
    table: [
      ['', 'requests', 'failed', 'P50 ms', 'P99 ms', 'generator late P99 ms'],
      cells('alone', alone),
      cells('beside a batch', beside.people),
    ],
  };
}

function batchSection(beside: Beside, killed: Killed, requests: number): Section {
  return {
    title: 'batches',
    notes: [
      `Work of the level batch may hold 0.8 of the slots: ${CEILING} lines a second. The worker of the second batch was killed with -9 after ${killed.answeredBefore} of ${requests} lines; the next line was answered ${(killed.resumedAfterMs / 1_000).toFixed(1)} s later, the start of another worker included.`,
    ],
    table: [
      ['', 'lines', 'lines/s', 'missing', 'repeated', 'in the error file', 'called twice'],
      [
        ...['with people', String(requests), beside.linesPerSecond.toFixed(1)],
        ...[String(beside.missing), String(beside.repeated), String(beside.failed), '-'],
      ],
      [
        ...['kill -9', String(requests), '-', String(killed.missing), String(killed.repeated)],
        ...[String(killed.failed), String(killed.calledTwice)],
      ],
    ],
  };
}

function goals(alone: People, beside: Beside, killed: Killed): Goal[] {
  const unanswered = ({ missing, repeated, failed }: Beside | Killed): number => missing + repeated + failed;
  return [
    {
      ...{ name: 'lines a second, of what the limits allow', value: beside.linesPerSecond / CEILING },
      ...{ wanted: WANTED_OF_CEILING, better: 'higher' },
    },
    {
      ...{ name: "people's P99 beside a batch, of theirs alone", value: beside.people.p99 / alone.p99 },
      ...{ wanted: WANTED_RATIO, better: 'lower' },
    },
    {
      ...{ name: 'lines missing, repeated or failed', value: unanswered(beside) },
      ...{ wanted: 0, better: 'lower' },
    },
    {
      ...{ name: 'the same after kill -9 of the worker', value: unanswered(killed) },
      ...{ wanted: 0, better: 'lower' },
    },
  ];
}

function warnings(people: readonly People[]): string[] {
  return people.flatMap(({ failed, lateP99Ms }) => [
    ...(failed > 0 ? [`${failed} requests of people got no answer`] : []),
    ...(lateP99Ms > MOST_LATE_MS ? [`the generator was ${lateP99Ms.toFixed(0)} ms late at P99`] : []),
  ]);
}
