import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { type Crowd, samplesOf, spreadOver } from '../crowd/crowd';
import type { RunningSubject } from '../../subjects/subject';

/** Far below what the slots can serve: every request finds one free. */
const RATE = 10;

export interface CommandsARequest {
  readonly all: number;
  readonly byName: Readonly<Record<string, number>>; // those that came more often than by chance
}

type Counts = ReadonlyMap<string, number>;

/** Of one request: below it a command is the rhythm's, not the request's. */
const BY_CHANCE = 0.02;

/** Commands that Redis executed for one request that found a free slot, less those of the same time without requests. */
export async function commandsARequest(
  url: string,
  crowd: Crowd,
  gateways: readonly RunningSubject[],
  { tenant, seconds }: { readonly tenant: string; readonly seconds: number },
): Promise<CommandsARequest> {
  const redis = new Redis(url);
  try {
    const before = await executed(redis);
    await pause(seconds * 1_000);
    const between = await executed(redis);
    const started = performance.now();
    const samples = samplesOf(await crowd.run(spreadOver(gateways, tenant, RATE), seconds), tenant);
    const took = (performance.now() - started) / 1_000;
    const after = await executed(redis);
    const rows = [...after].map(([name, count]): [string, number] => {
      const idle = (((between.get(name) ?? 0) - (before.get(name) ?? 0)) / seconds) * took;
      return [name, (count - (between.get(name) ?? 0) - idle) / samples.length];
    });
    const all = rows.reduce((sum, [, count]) => sum + count, 0);
    return { all, byName: Object.fromEntries(rows.filter(([, count]) => count > BY_CHANCE)) };
  } finally {
    redis.disconnect();
  }
}

/** Commands by name since the server's start, those of scripts too; this count itself left out. */
async function executed(redis: Redis): Promise<Counts> {
  const text = await redis.info('commandstats');
  const rows = [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  return new Map(
    rows.map(([, name = '', calls]): [string, number] => [name, Number(calls)]).filter(([name]) => name !== 'info'),
  );
}
