import path from 'node:path';
import { RedisServer } from '../../process/redis-server';
import { Rig } from '../../runner/rig';
import { direct } from '../../subjects/direct';
import type { RunningSubject } from '../../subjects/subject';
import { Crowd, type Heard, type Stream } from '../crowd/crowd';
import { crowdConfig } from '../crowd/crowd-config';
import { busySlots, quantile, turnarounds } from '../crowd/figures';
import { startGateway, startGateways } from '../crowd/gateways';
import type { Experiment } from '../experiment';
import { commandsARequest } from './commands';
import { measureFastPath } from './fast-path';

const SLOTS = 8;
const SERVICE = { latency: 100, jitter: 0.5 } as const;
const TENANT = { id: 'client', weight: 1 } as const;
/** Waiting requests for each slot, so that every slot that is freed is wanted. */
const WAITING_A_SLOT = 2;
const SETTLE_MS = 1_000;
const WANTED_FAST_PATH_US = 50;

interface Granting {
  readonly label: string;
  readonly gateways: readonly RunningSubject[];
}

/** From the end of a call to the begin of the next in its slot, ms, as the upstream sees it. */
interface Grants {
  readonly label: string;
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
  readonly idleShare: number;
  readonly most: number;
}

export const grantLatency: Experiment = {
  summary: 'time from the end of a call to the next one in its slot, in one process and in two; what a free slot costs',
  defaults: { seconds: 6, rounds: 1, warmup: 2 },
  run: async ({ options, temporary, say }) => {
    const { seconds, warmup } = options;
    const fastPath = await measureFastPath();
    const rig = await Rig.start({ ...SERVICE, record: 1 });
    try {
      const redis = await RedisServer.start();
      rig.owns(redis);
      const config = (upstreamUrl: string) => crowdConfig(upstreamUrl, { slots: SLOTS, tenants: [TENANT] });
      const terms = { temporary, config, surroundings: { databaseUrl: undefined, redisUrl: undefined } };
      const shared = { ...terms, surroundings: { databaseUrl: undefined, redisUrl: redis.url } };
      const crowd = new Crowd(rig);
      const measured: Grants[] = [];
      const measure = async (granting: Granting, connections = SLOTS * (1 + WAITING_A_SLOT)): Promise<void> => {
        await measureGrants(rig, crowd, granting, connections, warmup);
        measured.push(await measureGrants(rig, crowd, granting, connections, seconds));
        say(`${granting.label}: P50 ${measured.at(-1)?.p50.toFixed(1)} ms`);
      };
      const bare = await rig.add(direct.start, path.join(temporary, 'direct'));
      await measure({ label: 'no gateway', gateways: [bare] }, SLOTS);
      const embedded = await startGateway(rig, 'embedded', terms);
      await measure({ label: 'one process, embedded', gateways: [embedded] });
      await embedded.stop();
      const [first, second] = await startGateways(rig, ['first', 'second'], shared);
      if (!first || !second) throw new Error('two gateways did not start');
      await measure({ label: 'two processes on Redis, requests at both', gateways: [first, second] });
      await measure({ label: 'two processes on Redis, requests at one', gateways: [first] });
      const commands = await commandsARequest(redis.url, crowd, [first, second], { tenant: TENANT.id, seconds });
      await second.stop();
      await measure({ label: 'one process on Redis', gateways: [first] });
      return {
        method: `${seconds} s each after ${warmup} s to warm up.`,
        sections: [
          {
            title: 'from the end of a call to the next one in its slot',
            notes: [
              `${SLOTS} slots of ${SERVICE.latency} ms, wanted by ${SLOTS * (1 + WAITING_A_SLOT)} connections all the time. As the upstream sees it, so that the answer's way to the relay and the next call's way back are in it: \`no gateway\` is the generator's own turn.`,
              `**A free slot: ${fastPath.p50Us.toFixed(2)} µs** to take and give back (P99 of batches ${fastPath.p99Us.toFixed(2)}), **${commands.all.toFixed(2)} commands to Redis** a request, those of scripts included${named(commands.byName)}.`,
            ],
            table: [
              ['', 'P50 ms', 'P99 ms', 'grants', 'idle slots', 'most at a time'],
              ...measured.map(({ label, p50, p99, count, idleShare, most }) => [
                ...[
                  label,
                  p50.toFixed(2),
                  p99.toFixed(2),
                  String(count),
                  `${(idleShare * 100).toFixed(1)}%`,
                  String(most),
                ],
              ]),
            ],
          },
        ],
        goals: [
          {
            name: 'a free slot, µs to take and give back',
            value: fastPath.p50Us,
            wanted: WANTED_FAST_PATH_US,
            better: 'lower',
          },
          {
            name: 'commands to Redis for a request that finds a free slot',
            value: commands.all,
            wanted: 0.1,
            better: 'lower',
          },
        ],
        warnings: measured.flatMap(({ label, most }) =>
          most > SLOTS ? [`${label}: ${most} calls at a time for ${SLOTS} slots`] : [],
        ),
        facts: { 'relay database': 'embedded (PGlite)', 'relay Redis': 'of its own' },
        details: { measured, fastPath, commands },
      };
    } finally {
      await rig.stop();
    }
  },
};

async function measureGrants(
  rig: Rig,
  crowd: Crowd,
  { label, gateways }: Granting,
  connections: number,
  seconds: number,
): Promise<Grants> {
  await rig.recordedCalls();
  const arrivals = { kind: 'closed', connections: connections / gateways.length } as const;
  const streams: Stream[] = gateways.map((gateway) => ({ tenant: TENANT.id, gateway, arrivals }));
  const fromMs = nowMs() + SETTLE_MS;
  const heard: readonly Heard[] = await crowd.run(streams, seconds);
  const { calls } = await rig.recordedCalls();
  const toMs = Math.max(fromMs + 1, lastStart(heard));
  const gaps = turnarounds(calls, { fromMs, toMs });
  const { mean, most } = busySlots(calls, { fromMs, toMs });
  return {
    ...{ label, p50: quantile(gaps, 0.5), p99: quantile(gaps, 0.99), count: gaps.length },
    ...{ idleShare: 1 - mean / SLOTS, most },
  };
}

/** Until the last request was sent every slot is wanted. */
const lastStart = (heard: readonly Heard[]): number =>
  heard.reduce((most, { samples }) => samples.reduce((last, { startMs }) => Math.max(last, startMs), most), 0);

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

const named = (byName: Readonly<Record<string, number>>): string => {
  const parts = Object.entries(byName).map(([name, count]) => `${name} ${count.toFixed(2)}`);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
};
