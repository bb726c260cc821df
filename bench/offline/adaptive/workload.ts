/** What a request costs an upstream that serves nobody else. */
export interface Work {
  readonly arrivesAt: number; // ms
  readonly prefillMs: number; // until its first token
  readonly outputTokens: number;
}

interface Shape {
  readonly inputTokens: number; // median
  readonly outputTokens: number; // median
}

const CHAT: Shape = { inputTokens: 400, outputTokens: 60 };
const LONG: Shape = { inputTokens: 1_200, outputTokens: 400 };
const SPREAD = 0.6; // sigma of the logarithm of both
/** The mix turns at this rhythm, ms: mostly chat, mostly long answers. */
export const MIX_PERIOD_MS = 240_000;
const MOSTLY = 0.85;
const PREFILL_MS_PER_TOKEN = 0.25;
const NETWORK_MS = 60;
export const TPOT_MS = 20;

const isMostlyChat = (at: number): boolean => at % MIX_PERIOD_MS < MIX_PERIOD_MS / 2;

export function workAt(arrivesAt: number, random: () => number): Work {
  const chatShare = isMostlyChat(arrivesAt) ? MOSTLY : 1 - MOSTLY;
  const shape = random() < chatShare ? CHAT : LONG;
  const prefillMs = NETWORK_MS + PREFILL_MS_PER_TOKEN * shape.inputTokens * lognormal(random);
  return { arrivesAt, prefillMs, outputTokens: 2 + Math.round(shape.outputTokens * lognormal(random)) };
}

/** Poisson arrivals for `durationMs`, at `rateAt(time)` requests a ms. */
export function arrivals(durationMs: number, rateAt: (at: number) => number, random: () => number): Work[] {
  const works: Work[] = [];
  for (let at = 0; ;) {
    at += -Math.log(1 - random()) / rateAt(at);
    if (at >= durationMs) return works;
    works.push(workAt(at, random));
  }
}

/** Time that it takes alone, ms. */
export const aloneMs = ({ prefillMs, outputTokens }: Work): number => prefillMs + outputTokens * TPOT_MS;

const lognormal = (random: () => number): number => {
  const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()); // Box and Muller
  return Math.exp(SPREAD * gauss);
};
