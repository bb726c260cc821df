import { setTimeout as pause } from 'node:timers/promises';
import type { Sample } from '../../load/protocol';
import type { RecordedCall } from '../../mock-upstream/call-log';
import type { RedisServer } from '../../process/redis-server';
import type { Rig } from '../../runner/rig';
import type { RunningSubject } from '../../subjects/subject';
import type { Crowd } from '../crowd/crowd';
import { busySlots, quantile, type Span } from '../crowd/figures';
import { type PoolReading, QueueWatch } from '../crowd/queue-watch';
import type { Fault } from './faults';

/** Calls of the upstream at a time, both gateways together, and how long each takes (ms, evenly by half of it both ways). */
export const SLOTS = 8;
export const SERVICE = { latency: 250, jitter: 0.5 } as const;
export const TENANT = { id: 'client', weight: 1 } as const;
/** Requests that nobody waits for any more are of no use; ms. */
const DEADLINE_MS = 20_000;
/** Of the load, until there is a backlog. */
const SETTLE_MS = 2_000;
/** Leaked slots or tickets would stay: what is not gone by then is one. */
const EMPTY_WITHIN_MS = 15_000;
const PAUSE_MS = 500;

interface Stage {
  readonly rig: Rig;
  readonly redis: RedisServer;
  readonly first: RunningSubject;
  readonly second: RunningSubject;
  readonly crowd: Crowd;
}

/** What clients of the gateways that go on, and the upstream, saw in one period. Times in ms. */
export interface Period {
  readonly name: 'before' | 'during' | 'after';
  readonly seconds: number;
  readonly servedPerSecond: number;
  readonly failures: Readonly<Record<string, number>>; // by status or error, of requests that were answered then
  readonly totalP99: number;
  readonly idleShare: number; // of the slots
  readonly most: number; // calls at a time
}

export interface FaultRun {
  readonly title: string;
  readonly note: string;
  readonly periods: readonly Period[];
  readonly kills: boolean;
  /** Ms from the fault until one survivor has all slots; null: it is not about that, or never. */
  readonly slotsBackMs: number | null;
  readonly lost: number; // requests to the gateways that go on that got no answer of the relay at all
  readonly lostWithTheDead: number;
  readonly left: readonly PoolReading[]; // of each survivor, at the end
  readonly clean: boolean; // nothing waits and no slot is in use
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Loads both gateways, lets the fault strike in the middle, and looks afterwards for what is left. */
export async function measureFault(fault: Fault, stage: Stage, seconds: number): Promise<FaultRun> {
  const { rig, crowd, first, second, redis } = stage;
  const gateways = { first, second };
  const watches = await Promise.all(fault.survivors.map((name) => QueueWatch.start(gateways[name].port)));
  const startMs = nowMs();
  const struck = strikeAfter(fault, { first, redis }, seconds);
  const length = 3 * seconds;
  const arrivals = { kind: 'open', ratePerSecond: fault.rate, spacing: 'poisson' } as const;
  const headers = { 'x-relay-deadline-ms': String(DEADLINE_MS) };
  const streams = [first, second].map((gateway) => ({ tenant: TENANT.id, gateway, arrivals, headers }));
  const heard = await crowd.run(streams, length);
  const [atMs, overMs] = await struck;
  const left = await Promise.all(watches.map((watch) => emptied(watch)));
  const back =
    fault.survivors.length === 1 ? await watches[0]?.until(({ limit }) => limit >= SLOTS, atMs, 0) : undefined;
  await Promise.all(watches.map((watch) => watch.stop()));
  const { calls } = await rig.recordedCalls();
  const answered = (name: 'first' | 'second'): readonly Sample[] => heard[name === 'first' ? 0 : 1]?.samples ?? [];
  const survivors = fault.survivors.flatMap(answered);
  const dead = (['first', 'second'] as const).filter((name) => !fault.survivors.includes(name)).flatMap(answered);
  const spans: readonly (readonly [Period['name'], Span])[] = [
    ['before', { fromMs: startMs + SETTLE_MS, toMs: atMs }],
    ['during', { fromMs: atMs, toMs: overMs }],
    ['after', { fromMs: overMs, toMs: startMs + length * 1_000 }],
  ];
  const noAnswer = (samples: readonly Sample[]): number => samples.filter(({ status }) => status === 0).length;
  return {
    title: fault.title,
    note: fault.note,
    periods: spans
      .filter(([, { fromMs, toMs }]) => toMs - fromMs > 1)
      .map(([name, span]) => period(name, span, survivors, calls)),
    kills: fault.survivors.length === 1,
    slotsBackMs: back ? back.atMs - atMs : null,
    lost: noAnswer(survivors),
    lostWithTheDead: noAnswer(dead),
    left: left.map(({ reading }) => reading),
    clean: left.every(({ clean }) => clean),
  };
}

async function strikeAfter(
  fault: Fault,
  victims: Pick<Stage, 'first' | 'redis'>,
  seconds: number,
): Promise<readonly [number, number]> {
  await pause(seconds * 1_000);
  const atMs = nowMs();
  await fault.strike(victims);
  return [atMs, nowMs()];
}

async function emptied(watch: QueueWatch): Promise<{ readonly reading: PoolReading; readonly clean: boolean }> {
  const fromMs = nowMs() + PAUSE_MS;
  const empty = await watch.until(({ inUse, waiting }) => inUse === 0 && waiting === 0, fromMs, EMPTY_WITHIN_MS);
  const reading = empty ?? watch.readings.at(-1);
  if (!reading) throw new Error('a gateway that should have gone on said nothing of its queues');
  return { reading, clean: empty !== undefined };
}

function period(name: Period['name'], span: Span, samples: readonly Sample[], calls: readonly RecordedCall[]): Period {
  const { fromMs, toMs } = span;
  const ended = samples.filter(({ startMs, tookMs }) => startMs + tookMs >= fromMs && startMs + tookMs < toMs);
  const good = ended.filter(({ error }) => error === null);
  const failures: Record<string, number> = {};
  for (const { error } of ended) if (error !== null) failures[error] = (failures[error] ?? 0) + 1;
  const { mean, most } = busySlots(calls, span);
  const seconds = (toMs - fromMs) / 1_000;
  const totals = good.map(({ tookMs }) => tookMs);
  const [servedPerSecond, totalP99] = [good.length / seconds, quantile(totals, 0.99)];
  return { name, seconds, servedPerSecond, failures, totalP99, idleShare: 1 - mean / SLOTS, most };
}
