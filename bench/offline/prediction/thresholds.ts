import { ShortLongThreshold, SketchBook } from '@relay/scheduler';
import type { Arrival } from './arrivals';
import { waitsOf, type Waiting } from './class-waits';
import { serviceOf } from './service-model';

/** Slots for this share of the work: a pool that is overloaded, so that a line forms. */
const LOAD = 1.2;
/** Calls in flight that the pace is taken from: here it must not depend on the order. */
const IN_FLIGHT = 32;
/** Tokens of an answer while nothing is known of them, as the policy has it. */
const ASSUMED_OUTPUT_TOKENS = 256;
const MS_PER_SECOND = 1_000;

/** Mean and P99 wait in seconds of everybody, and of the half that costs least, by where long work begins. */
export function thresholdRows(name: string, arrivals: readonly Arrival[], random: () => number): string[][] {
  const requests = waitingOf(arrivals, random);
  const costs = requests.map(({ cost }) => cost).sort((a, b) => a - b);
  const threshold = new ShortLongThreshold();
  for (const { cost, atMs } of requests) threshold.observe(cost, atMs);
  const span = arrivals.at(-1)?.atMs ?? 0;
  const work = requests.reduce((sum, { serviceMs }) => sum + serviceMs, 0);
  const slots = Math.max(1, Math.round(work / span / LOAD));
  const half = costs[Math.floor(costs.length / 2)] ?? 0;
  const rows: [string, number][] = [
    ['no classes', Infinity],
    ['4,000', 4_000],
    ['half of the work', costFrom(costs, 0.5)],
    ['three quarters of the work', costFrom(costs, 0.75)],
    ['learned: half of the requests', threshold.tokens],
  ];
  return rows.map(([what, tokens]) => {
    const waits = waitsOf(requests, slots, tokens);
    const cheap = waits.filter((_, i) => (requests[i]?.cost ?? 0) <= half);
    const long = requests.filter(({ cost }) => cost >= tokens).length / requests.length;
    return [
      name,
      what,
      Number.isFinite(tokens) ? String(tokens) : '',
      long.toFixed(2),
      ...meanAndP99(waits),
      ...meanAndP99(cheap),
    ];
  });
}

/** With the cost that is known when they arrive: input + 2 x P50 of the output. */
function waitingOf(arrivals: readonly Arrival[], random: () => number): Waiting[] {
  const book = new SketchBook();
  return arrivals.map((arrival) => {
    const { atMs, inputTokens } = arrival;
    const question = { target: 'one', task: '', inputTokens, maxTokens: null };
    const expected = book.predict(question, atMs).outputTokens?.p50 ?? ASSUMED_OUTPUT_TOKENS;
    const sample = serviceOf(arrival, IN_FLIGHT, 1, random);
    book.observe(question, sample, atMs);
    return { atMs, cost: Math.round(inputTokens + 2 * expected), serviceMs: sample.serviceMs };
  });
}

/** The cost from which on requests carry `share` of all. */
function costFrom(ascending: readonly number[], share: number): number {
  const wanted = share * ascending.reduce((sum, cost) => sum + cost, 0);
  let carried = 0;
  for (const cost of ascending.toReversed()) {
    carried += cost;
    if (carried >= wanted) return cost;
  }
  return 0;
}

function meanAndP99(waits: readonly number[]): string[] {
  const sorted = [...waits].sort((a, b) => a - b);
  const mean = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length;
  return [mean, sorted[Math.floor(0.99 * (sorted.length - 1))] ?? NaN].map((ms) => (ms / MS_PER_SECOND).toFixed(1));
}
