import type { Clock } from '@relay/core';

/** The time is counted in so many parts: a process that stands still, however long, loses one of them, and reads in the next what came. */
const PARTS = 4;

/**
 * Fails after `ms`, in which this process was there to listen; a value that comes later still goes to `onLate`, so that nothing it stands
 * for is lost.
 */
export function withTimeLimit<T>(clock: Clock, ms: number, call: Promise<T>, onLate: (value: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let late = false;
    let cancel = (): void => undefined;
    const wait = (parts: number): void => {
      cancel = clock.after(ms / PARTS, () => {
        if (parts > 1) return wait(parts - 1);
        late = true;
        reject(new Error(`no answer within ${ms} ms`));
      });
    };
    wait(PARTS);
    call.then(
      (value) => {
        cancel();
        if (late) onLate(value);
        else resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
