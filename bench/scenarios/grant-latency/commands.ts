import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { type Crowd, samplesOf, spreadOver } from '../crowd/crowd';
import type { RunningSubject } from '../../subjects/subject';

/** Far below what the slots can serve: every request finds one free. */
const RATE = 10;

/** Commands that Redis executed for one request that found a free slot, less those of the same time without requests. */
export async function commandsARequest(
  url: string,
  crowd: Crowd,
  gateways: readonly RunningSubject[],
  { tenant, seconds }: { readonly tenant: string; readonly seconds: number },
): Promise<number> {
  const redis = new Redis(url);
  try {
    const before = await executed(redis);
    await pause(seconds * 1_000);
    const between = await executed(redis);
    const started = performance.now();
    const samples = samplesOf(await crowd.run(spreadOver(gateways, tenant, RATE), seconds), tenant);
    const took = (performance.now() - started) / 1_000;
    const after = await executed(redis);
    const idle = ((between - before) / seconds) * took;
    return (after - between - idle) / samples.length;
  } finally {
    redis.disconnect();
  }
}

/** All commands since the server's start, those of scripts too. */
async function executed(redis: Redis): Promise<number> {
  const text = await redis.info('commandstats');
  return [...text.matchAll(/calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}
