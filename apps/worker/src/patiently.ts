import type { CancelSignal, Clock } from '@relay/core';
import { isBadData } from '@relay/database';
import { waitFor } from './batches/wait-for';

const RETRY_AFTER_MS = 1_000;

/**
 * Tries again what a store that is away for a moment rejects: an answer is paid for, and must not be asked again because of that. Rejects
 * with the last fault when it has gone on for `patienceMs`, or when the process stops, and at once where the store refuses what it is given:
 * it always will.
 */
export async function patiently(
  clock: Clock,
  patienceMs: number,
  write: () => Promise<unknown>,
  stop?: CancelSignal,
): Promise<void> {
  const giveUpAt = clock.monotonic() + patienceMs;
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      if (isBadData(error) || stop?.aborted || clock.monotonic() >= giveUpAt) throw error;
      await waitFor(clock, RETRY_AFTER_MS, stop);
    }
  }
}
