import type { ServiceSample } from '@relay/scheduler';
import type { Arrival } from './arrivals';

/** An upstream made up for this: no trace tells how long its calls took. Orders of magnitude of a 70B model on one node. */
const TTFT_BASE_MS = 120;
const TTFT_MS_PER_INPUT_TOKEN = 0.15;
const TPOT_MS = 20;
/** Calls in flight that double the time per token. */
const DOUBLING_LOAD = 64;
/** Of the logarithm: half as much again or less is common for the first token, a fifth for the pace. */
const TTFT_SIGMA = 0.4;
const TPOT_SIGMA = 0.2;

/** How long a call takes; `slow` multiplies its times. */
export function serviceOf(arrival: Arrival, inFlight: number, slow: number, random: () => number): ServiceSample {
  const ttftBase = TTFT_BASE_MS + TTFT_MS_PER_INPUT_TOKEN * arrival.inputTokens;
  const ttftMs = slow * ttftBase * Math.exp(TTFT_SIGMA * normal(random));
  const tpotMs = slow * TPOT_MS * (1 + inFlight / DOUBLING_LOAD) * Math.exp(TPOT_SIGMA * normal(random));
  const { outputTokens } = arrival;
  return { ttftMs, outputTokens, serviceMs: ttftMs + Math.max(0, outputTokens - 1) * tpotMs };
}

/** Standard normal (Box and Muller, 1958). */
export const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
