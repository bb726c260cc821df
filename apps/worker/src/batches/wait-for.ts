import type { CancelSignal, Clock } from '@relay/core';

/** Resolves after `ms`, or as soon as a signal is aborted. */
export function waitFor(clock: Clock, ms: number, signal?: CancelSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const settle = (): void => {
      cancel();
      signal?.removeEventListener('abort', settle);
      resolve();
    };
    const cancel = clock.after(ms, settle);
    signal?.addEventListener('abort', settle, { once: true });
  });
}
