import type { Clock } from './clock';

/** Waits for the promise, but no longer than `ms`; true if it was in time. A rejection passes through. */
export function within(clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(false));
    promise.then(() => resolve(true), reject).finally(cancel);
  });
}
