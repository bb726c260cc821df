import type { Clock } from './clock';

/** The time is counted in so many parts: a process that stands still, however long, loses one of them, and reads in the next what came. */
const PARTS = 4;

/**
 * Waits for the promise, but no longer than `ms` in which this process was there to listen; true if it was in time. A rejection passes through.
 * When the time is up, what has arrived already is still read: a process that was busy for so long itself must not think that others were slow.
 */
export function within(clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let cancel = (): void => undefined;
    const wait = (parts: number): void => {
      cancel = clock.after(ms / PARTS, () => {
        if (parts > 1) wait(parts - 1);
        else setImmediate(() => resolve(false));
      });
    };
    wait(PARTS);
    promise.then(() => resolve(true), reject).finally(() => cancel());
  });
}
