import type { CancelSignal, Clock } from '@relay/core';

/** First wait before the same target is tried again, in ms; doubles with each attempt. */
const BACKOFF_BASE_MS = 100;
const BACKOFF_MAX_MS = 2_000;

/** How long to wait after the `failures`-th failure; the upstream may have asked for more. In ms. */
export function backOffMs(failures: number, retryAfterMs: number | null): number {
  return Math.max(Math.min(BACKOFF_BASE_MS * 2 ** (failures - 1), BACKOFF_MAX_MS), retryAfterMs ?? 0);
}

/** Settles after `ms`, or when the signal is aborted. */
export function pause(clock: Clock, ms: number, signal: CancelSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      cancel();
      signal.removeEventListener('abort', settle);
      resolve();
    };
    const cancel = clock.after(ms, settle);
    signal.addEventListener('abort', settle, { once: true });
  });
}
