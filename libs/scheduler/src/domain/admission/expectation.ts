/** What a request would meet at one target. Times in ms. */
export interface Expectation {
  /** Until it gets a slot: 0 when one is free, null when nothing has been measured yet. */
  readonly waitMs: number | null;
  /** How long nine of ten such calls hold their slot at most; null when none was seen yet. */
  readonly serviceP90Ms: number | null;
  /** The shortest call that the target ever answered; null when too few were seen to say. */
  readonly fastestMs: number | null;
}

/**
 * How much longer than expected a wait is taken to be. About 50 calls before one, each half as long or half as much again as another, make
 * a wait that is 4% off (one standard deviation); a line that moves slower than it did does the rest.
 */
const WAIT_MARGIN = 1.1;
/**
 * The same behind a closed gate. While more comes than can be served the line is as long as it is let become, and everybody waits that
 * long: a shorter one serves as many, and fewer of them come too late after all (`npm run bench -- overload`).
 */
const CLOSED_WAIT_MARGIN = 1.35;

/** What a request would meet, as far as it decides whether it comes too late. */
export type Times = Pick<Expectation, 'waitMs' | 'serviceP90Ms'>;

/**
 * Share of the time left that waiting and answering will take: above 1 the request comes too late, at P90. 0 where it need not wait, and
 * where the wait is not known: such a request is never in question. `leftMs` > 0.
 */
export function strainOf(times: Times, leftMs: number): number {
  return strainWith(times, leftMs, WAIT_MARGIN);
}

/** `isClosed`: the pool is overloaded, for the tenant that asks. */
export function isLate(times: Times, leftMs: number, isClosed: boolean): boolean {
  return strainWith(times, leftMs, isClosed ? CLOSED_WAIT_MARGIN : WAIT_MARGIN) > 1;
}

function strainWith({ waitMs, serviceP90Ms }: Times, leftMs: number, margin: number): number {
  if (waitMs === null || waitMs <= 0) return 0;
  return (waitMs * margin + (serviceP90Ms ?? 0)) / leftMs;
}

/** It would be in time if it had not to wait: that it comes too late is the load's doing, not its deadline's. */
export function isInTimeAlone({ serviceP90Ms }: Pick<Expectation, 'serviceP90Ms'>, leftMs: number): boolean {
  return (serviceP90Ms ?? 0) <= leftMs;
}
