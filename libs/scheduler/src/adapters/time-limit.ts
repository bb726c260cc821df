import { within, type Clock } from '@relay/core';

/**
 * Fails after `ms`, in which this process was there to listen; a value that comes later still goes to `onLate`, so that nothing it stands
 * for is lost.
 */
export async function withTimeLimit<T>(
  clock: Clock,
  ms: number,
  call: Promise<T>,
  onLate: (value: T) => void,
): Promise<T> {
  if (await within(clock, ms, call)) return call;
  call.then(onLate, () => undefined);
  throw new Error(`no answer within ${ms} ms`);
}
