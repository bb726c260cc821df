import type { Clock } from '@relay/core';

/** A third of how long a provider's batch is held. */
const AGAIN_MS = 10_000;

/** Does some work, and says now and then that it goes on. */
export async function holding<T>(clock: Clock, hold: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  let cancel = (): void => undefined;
  const again = (): void => {
    cancel = clock.after(AGAIN_MS, () => {
      void hold().catch(() => undefined); // who takes it then finds what was stored
      again();
    });
  };
  again();
  try {
    return await work();
  } finally {
    cancel();
  }
}
