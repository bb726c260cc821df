import type { Clock } from '@relay/core';

/** Fails after `ms`; a value that comes later still goes to `onLate`, so that nothing it stands for is lost. */
export function withTimeLimit<T>(clock: Clock, ms: number, call: Promise<T>, onLate: (value: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let late = false;
    const cancel = clock.after(ms, () => {
      late = true;
      reject(new Error(`no answer within ${ms} ms`));
    });
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
