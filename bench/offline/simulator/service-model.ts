/** A call, as far as it matters for how long it takes. Tokens. */
export interface Lengths {
  readonly input: number;
  readonly output: number;
}

/** How long one call holds its slot: the first token after `ttftMs`, the others `tpotMs` apart. */
export interface Service {
  readonly ttftMs: number;
  readonly tpotMs: number;
  readonly totalMs: number;
}

/** Time to the first token of an empty prompt, ms. */
const FIRST_TOKEN_MS = 150;
/** And for each token of the prompt: 4,000 tokens of prefill a second. Ms. */
const PREFILL_MS = 0.25;
/** Between two tokens of a call that has the server to itself, ms; calls that share a batch slow one another down to half that pace. */
const ALONE_TPOT_MS = 20;
const FULL_TPOT_MS = 40;

/** What calls would take: models, not recordings. `busyShare`: of the slots, when the call begins, itself included. */
export type ServiceModel = (call: Lengths, busyShare: number) => Service;

/** Time to the first token grows with the prompt, time between tokens with the share of the slots that are busy (and stays as it was at the start). */
export const sharedPace: ServiceModel = (call, busyShare) =>
  serviceAt(call, ALONE_TPOT_MS + (FULL_TPOT_MS - ALONE_TPOT_MS) * busyShare);

/** Calls do not slow one another down: what becomes slower then is the scheduler's doing alone. */
export const steadyPace: ServiceModel = (call) => serviceAt(call, FULL_TPOT_MS);

function serviceAt({ input, output }: Lengths, tpotMs: number): Service {
  const ttftMs = FIRST_TOKEN_MS + PREFILL_MS * input;
  return { ttftMs, tpotMs, totalMs: ttftMs + output * tpotMs };
}

/** Output tokens that a call has made `elapsedMs` after it began. */
export function generated({ output }: Lengths, { ttftMs, tpotMs }: Service, elapsedMs: number): number {
  return Math.min(output, Math.max(0, (elapsedMs - ttftMs) / tpotMs));
}

/** Requests a second that `slots` busy slots work off, of calls such as these. */
export function capacityOf(calls: readonly Lengths[], slots: number): number {
  const totalMs = calls.reduce((sum, call) => sum + sharedPace(call, 1).totalMs, 0);
  return (slots * 1_000 * calls.length) / totalMs;
}
