import type { CancelSignal, Clock } from '@relay/core';

/** First wait before the same target is tried again, in ms; doubles with each attempt. */
const BACKOFF_BASE_MS = 100;
const BACKOFF_MAX_MS = 2_000;

/** A wait is stretched by up to this share: requests that failed together must not come back together. */
const JITTER = 0.25;

/** How long to wait after the `failures`-th failure; the upstream may have asked for more. In ms; `draw` is in [0, 1). */
export function backOffMs(failures: number, retryAfterMs: number | null, draw: number): number {
  const least = Math.max(Math.min(BACKOFF_BASE_MS * 2 ** (failures - 1), BACKOFF_MAX_MS), retryAfterMs ?? 0);
  return Math.ceil(least * (1 + JITTER * draw));
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
