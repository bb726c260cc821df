import type { Clock } from './clock';

/**
 * Waits for the promise, but no longer than `ms`; true if it was in time. A rejection passes through. When the time is up, what has arrived
 * already is still read: a process that was busy for so long itself must not think that others were slow.
 */
export function within(clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => setImmediate(() => resolve(false)));
    promise.then(() => resolve(true), reject).finally(cancel);
  });
}
