import type { Expectation } from './expectation';

/** Of a request's whole time, what its call may be expected to take when it is decided until when it may wait. */
const MAX_SERVICE_SHARE = 0.5;

/**
 * How long before its deadline a call has to begin, ms: nine of ten such calls are over by then. One that is begun later mostly ends as a
 * time-out, and its slot was of use to nobody. Of what is expected to take nearly all the time there is, half has to be left at least.
 */
export function timeToKeepMs(
  { serviceP90Ms, fastestMs }: Pick<Expectation, 'serviceP90Ms' | 'fastestMs'>,
  deadlineMs: number,
): number {
  return Math.max(fastestMs ?? 0, Math.min(serviceP90Ms ?? 0, deadlineMs * MAX_SERVICE_SHARE));
}
