import type { Rig } from '../../runner/rig';
import type { RunningSubject } from '../../subjects/subject';
import { type Crowd, samplesOf, spreadOver } from '../crowd/crowd';
import { quantile } from '../crowd/figures';
import type { Answered, BatchClient } from './batch-client';

/** Calls of the upstream at a time, and how long each takes (ms, evenly by half of it both ways). */
export const SLOTS = 20;
export const SERVICE = { latency: 200, jitter: 0.5 } as const;
/** Of the slots, what work of the level batch may hold (`scheduler.batchShare`, its default). */
const BATCH_SHARE = 0.8;
/** What the limits let a batch have, lines a second. */
export const CEILING = (SLOTS * BATCH_SHARE * 1_000) / SERVICE.latency;
export const PEOPLE = { id: 'people', weight: 1 } as const;
export const NIGHT = { id: 'night', weight: 1 } as const;
/** A fifth of what the slots can do: those that the batch leaves free. */
const PEOPLE_PER_SECOND = (0.2 * SLOTS * 1_000) / SERVICE.latency;
/** Of the time that a batch takes at the ceiling: it has to be under way all the time that people are measured. */
const MEASURED_SHARE = 0.8;

export interface Stage {
  readonly rig: Rig;
  readonly crowd: Crowd;
  readonly client: BatchClient;
  readonly gateway: RunningSubject;
}

/** What people saw who wait for their answers. Times in ms. */
export interface People {
  readonly requests: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
  readonly lateP99Ms: number; // of the generator
}

export interface Beside extends Answered {
  readonly people: People;
  readonly linesPerSecond: number;
}

export interface Killed extends Answered {
  readonly answeredBefore: number; // lines
  readonly resumedAfterMs: number; // from the kill to the next line that is answered
  readonly calledTwice: number; // calls of the upstream beyond one a line
}

export async function measurePeople({ crowd, gateway }: Stage, seconds: number): Promise<People> {
  const heard = await crowd.run(spreadOver([gateway], PEOPLE.id, PEOPLE_PER_SECOND), seconds);
  const samples = samplesOf(heard, PEOPLE.id);
  const took = samples.filter(({ error }) => error === null).map(({ tookMs }) => tookMs);
  return {
    requests: samples.length,
    failed: samples.length - took.length,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    lateP99Ms: heard[0]?.lateP99Ms ?? 0,
  };
}

/** A whole batch, with people beside it for as long as it surely lasts. */
export async function measureBeside(stage: Stage, requests: number, seconds: number): Promise<Beside> {
  const { client } = stage;
  const id = await client.order(requests);
  await client.until(id, ({ request_counts: counts }) => counts.completed > 0);
  const startedAt = performance.now();
  const measured = measurePeople(stage, Math.min(seconds, (MEASURED_SHARE * requests) / CEILING));
  await client.until(id, ({ request_counts: { total, completed, failed } }) => completed + failed === total);
  const linesPerSecond = requests / ((performance.now() - startedAt) / 1_000);
  const people = await measured;
  return { people, linesPerSecond, ...(await client.answered(await client.ended(id), requests)) };
}

/** A whole batch whose worker is killed when half of it is done; `replace` starts another one. */
export async function measureKilled(
  { rig, client }: Stage,
  requests: number,
  worker: RunningSubject,
  replace: () => Promise<unknown>,
): Promise<Killed> {
  const callsBefore = await rig.upstreamCalls();
  const id = await client.order(requests);
  await client.until(id, ({ request_counts: { completed } }) => completed >= requests / 2);
  process.kill(worker.pid, 'SIGKILL');
  const killedAt = performance.now();
  const { request_counts: before } = await client.until(id, () => true);
  await replace();
  await client.until(id, ({ request_counts: { completed } }) => completed > before.completed);
  const resumedAfterMs = performance.now() - killedAt;
  const batch = await client.ended(id);
  const calledTwice = (await rig.upstreamCalls()) - callsBefore - requests;
  return {
    answeredBefore: before.completed,
    resumedAfterMs,
    calledTwice,
    ...(await client.answered(batch, requests)),
  };
}
