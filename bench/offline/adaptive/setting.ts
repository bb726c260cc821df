import { seededRandom } from '../../training/random';
import type { Upstream } from './simulate';
import { aloneMs, arrivals, MIX_PERIOD_MS, TPOT_MS, workAt, type Work } from './workload';

export const DURATION_MS = 2_160_000;
/** Days with seeds of their own; figures are means of them. */
const DAYS = 3;
/** Calls at nearly full pace. */
const CAPACITY = 48;
/** At first, for one turn of the mix, hardly anybody comes, so that there is something to learn from; then more than the upstream can do. */
const QUIET_LOAD = 0.05;
const LOAD = 1.3;
/** Of a full upstream, what a call takes against what it takes alone. */
const FULL = 1.25;
/** Calls beyond this multiple of the capacity are refused by the upstream that refuses. */
const BOUND = 1.25;
const SAMPLE = 20_000; // works that means and quantiles of the mix are taken from

export const TARGETS = { ttftMs: 1_000, tpotMs: 2 * TPOT_MS };

/** Half of it in the second third of the time. */
const capacityAt = (now: number): number =>
  now >= DURATION_MS / 3 && now < (2 * DURATION_MS) / 3 ? CAPACITY / 2 : CAPACITY;
const changes = [DURATION_MS / 3, (2 * DURATION_MS) / 3];

export const SLOWED: Upstream = { capacityAt, changes, boundAt: () => Infinity };
export const REFUSING: Upstream = { capacityAt, changes, boundAt: (now) => Math.floor(BOUND * capacityAt(now)) };

export const daysOf = (seed: number): readonly (readonly Work[])[] =>
  Array.from({ length: DAYS }, (_, day) => dayOf(seededRandom(seed * DAYS + day)));

/** What an operator would set as the target of a whole answer: its P90 when everything goes just as slowly as it may. */
export function endToEndTargetMs(seed: number): number {
  const times = mixOf(seededRandom(seed)).map((work) => 2 * work.prefillMs + work.outputTokens * TARGETS.tpotMs);
  return times.sort((a, b) => a - b)[Math.floor(0.9 * SAMPLE)] ?? NaN;
}

function dayOf(random: () => number): Work[] {
  const meanMs = (FULL * mixOf(random).reduce((sum, work) => sum + aloneMs(work), 0)) / SAMPLE;
  const full = CAPACITY / meanMs; // requests a ms
  return arrivals(DURATION_MS, (at) => full * (at < MIX_PERIOD_MS ? QUIET_LOAD : LOAD), random);
}

/** Both halves of the mix. */
const mixOf = (random: () => number): Work[] =>
  Array.from({ length: SAMPLE }, (_, i) => workAt((i * MIX_PERIOD_MS) / SAMPLE, random));
