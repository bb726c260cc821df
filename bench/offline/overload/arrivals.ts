import { seededRandom } from '../../training/random';
import type { Recorded } from '../simulator/recorded';
import { capacityOf } from '../simulator/service-model';
import type { SimCall } from '../simulator/sim-call';
import { drawIndex, scaledTo } from '../simulator/workload';

export const SLOTS = 16;
/** Odds of each of eight tenants of the same weight, of whom some ask for more than an eighth, others for less. */
const SHARES = [8, 6, 5, 4, 3, 2, 1, 1];
/** Deadlines lie between these, ms, with even odds on a scale of logarithms; the later one is what plans have by default. */
const DEADLINE_MS = { least: 20_000, most: 120_000 };

/** Recorded chats, divided among tenants, with deadlines, close enough together to ask for `load` times what the slots can do. */
export function overloadCalls(rows: readonly Recorded[], load: number, seed: number): SimCall[] {
  const random = seededRandom(seed);
  const calls = rows.map((row) => ({
    ...row,
    tenant: `tenant ${drawIndex(SHARES, random) + 1}`,
    weight: 1,
    deadlineMs: DEADLINE_MS.least * (DEADLINE_MS.most / DEADLINE_MS.least) ** random(),
  }));
  return scaledTo(calls, SLOTS, load);
}

/** Every tenth client comes again when it is told to. */
export function withPolite(calls: readonly SimCall[], retries: number): SimCall[] {
  return calls.map((call, i) => (i % 10 === 0 ? { ...call, retries } : call));
}

/** What a tenant asks for, as a multiple of its share of what the slots can do. */
export function demandOf(calls: readonly SimCall[], tenant: string): number {
  const own = calls.filter((call) => call.tenant === tenant);
  const tenants = new Set(calls.map((call) => call.tenant)).size;
  return (ratePerSecond(own, spanMs(calls)) / capacityOf(own, SLOTS)) * tenants;
}

export const spanMs = (calls: readonly SimCall[]): number => calls.reduce((last, { atMs }) => Math.max(last, atMs), 0);

const ratePerSecond = (calls: readonly SimCall[], overMs: number): number => (calls.length * 1_000) / overMs;
