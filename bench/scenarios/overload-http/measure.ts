import { setTimeout as pause } from 'node:timers/promises';
import type { Sample } from '../../load/protocol';
import { type Crowd, samplesOf, spreadOver } from '../crowd/crowd';
import { keyOf } from '../crowd/crowd-config';
import { quantile, type Span } from '../crowd/figures';
import type { RunningSubject } from '../../subjects/subject';

/** Calls of the upstream at a time, and how long each takes (ms, evenly by half of it both ways). */
export const SLOTS = 8;
export const SERVICE = { latency: 250, jitter: 0.5 } as const;
export const CAPACITY = (SLOTS * 1_000) / SERVICE.latency;
export const TENANT = { id: 'client', weight: 1 } as const;
export const DEADLINE_MS = 2_000;
/** Of each phase, until there is a backlog; ms. */
const SETTLE_MS = 1_000;
/** Requests of clients that come back when they are told to, and how often they do. */
const POLITE_CLIENTS = 20;
const MAX_TRIES = 20;

const DEADLINE = { 'x-relay-deadline-ms': String(DEADLINE_MS) };

/** Times in ms. */
export interface Load {
  readonly multiple: number; // of the capacity
  readonly goodPerSecond: number; // whole answers within the deadline that came while the load lasted
  readonly latePerSecond: number; // whole answers that came too late
  readonly refusedPerSecond: number;
  readonly failed: number; // neither answer nor 429
  readonly totalP99: number; // of answers
  readonly refusalP99: number;
  readonly longestRefusal: number;
  readonly withoutRetryAfter: number; // 429s
  readonly lateP99Ms: number; // of the generator
}

export interface Returning {
  readonly clients: number;
  readonly served: number;
  readonly tries: readonly number[]; // of those that were served
}

/** Poisson arrivals at a multiple of what the slots can serve. */
export async function measureLoad(
  crowd: Crowd,
  gateway: RunningSubject,
  multiple: number,
  seconds: number,
): Promise<Load> {
  const heard = await crowd.run(spreadOver([gateway], TENANT.id, CAPACITY * multiple, DEADLINE), seconds);
  const samples = samplesOf(heard, TENANT.id);
  const first = samples.reduce((least, { startMs }) => Math.min(least, startMs), Infinity);
  const span = { fromMs: first + SETTLE_MS, toMs: first + seconds * 1_000 };
  return { multiple, ...figures(samples, span), lateP99Ms: heard[0]?.lateP99Ms ?? 0 };
}

/**
 * Answers count by when they came, all else by when it was asked: what waits at the end of a phase is answered in the pause after it, and a
 * line that grew during the phase would make its slots look faster than they are.
 */
function figures(all: readonly Sample[], { fromMs, toMs }: Span): Omit<Load, 'multiple' | 'lateP99Ms'> {
  const seconds = (toMs - fromMs) / 1_000;
  const samples = all.filter(({ startMs }) => startMs >= fromMs);
  const answered = samples.filter(({ error }) => error === null);
  const inTime = all.filter(({ error, tookMs }) => error === null && tookMs <= DEADLINE_MS);
  const good = inTime.filter(({ startMs, tookMs }) => startMs + tookMs >= fromMs && startMs + tookMs < toMs);
  const late = answered.filter(({ tookMs }) => tookMs > DEADLINE_MS);
  const refused = samples.filter(({ status }) => status === 429);
  const refusals = refused.map(({ tookMs }) => tookMs);
  return {
    goodPerSecond: good.length / seconds,
    latePerSecond: late.length / seconds,
    refusedPerSecond: refused.length / seconds,
    failed: samples.length - answered.length - refused.length,
    totalP99: quantile(
      answered.map(({ tookMs }) => tookMs),
      0.99,
    ),
    refusalP99: quantile(refusals, 0.99),
    longestRefusal: refusals.reduce((most, ms) => Math.max(most, ms), 0),
    withoutRetryAfter: refused.filter(({ retryAfterS }) => retryAfterS === null).length,
  };
}

/** Single requests, spread over the time, each tried again when the relay says so. */
export async function measureReturning(gateway: RunningSubject, seconds: number): Promise<Returning> {
  const clients = Array.from({ length: POLITE_CLIENTS }, async (_, i) => {
    await pause((i / POLITE_CLIENTS) * seconds * 1_000);
    return triesUntilServed(gateway, i);
  });
  const tries = (await Promise.all(clients)).filter((count) => count !== null);
  return { clients: POLITE_CLIENTS, served: tries.length, tries };
}

async function triesUntilServed({ port, path }: RunningSubject, client: number): Promise<number | null> {
  const messages = [{ role: 'user', content: `client ${client} that comes back at ${Date.now()}` }];
  for (let count = 1; count <= MAX_TRIES; count++) {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { ...DEADLINE, authorization: `Bearer ${keyOf(TENANT.id)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'small', messages, max_tokens: 256 }),
    });
    await reply.arrayBuffer();
    if (reply.status === 200) return count;
    if (reply.status !== 429) return null;
    await pause(Number(reply.headers.get('retry-after') ?? 1) * 1_000);
  }
  return null;
}
