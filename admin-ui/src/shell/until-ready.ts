import { BackOff } from '../api/back-off';

/** Pauses between two tries, in ms: longer with each, so that a restart is noticed soon and an outage costs little. */
const PAUSES = { firstMs: 500, longestMs: 5_000 } as const;
/** An outage so soon after the last, in ms: it is ready and yet does not answer all, so there is no hurry to ask for everything again. */
const SOON_MS = 30_000;

let readyAt = Number.NEGATIVE_INFINITY;

/** Asks until the relay says that it is ready; false if the signal ended that. */
export async function untilReady(signal: AbortSignal): Promise<boolean> {
  const isSoon = Date.now() - readyAt < SOON_MS;
  const backOff = new BackOff(isSoon ? { ...PAUSES, firstMs: PAUSES.longestMs } : PAUSES);
  if (isSoon) await backOff.pause(signal);
  for (; !signal.aborted; await backOff.pause(signal)) {
    if (document.hidden || !(await isReady(signal))) continue;
    readyAt = Date.now();
    return true;
  }
  return false;
}

const isReady = (signal: AbortSignal): Promise<boolean> =>
  fetch('/health/ready', { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
