import { Cancellation, type CancelSignal, type Clock } from '@relay/core';

/** A cancelled batch is noticed so fast, and a provider's batch is held for fifteen times as long. */
const AGAIN_MS = 2_000;

/**
 * Does some work, says now and then that it goes on, and breaks it off by its signal as soon as that is not welcome any more: somebody else
 * has taken the work over, nobody wants it, or the process stops.
 */
export async function holding<T>(
  clock: Clock,
  stop: CancelSignal,
  hold: () => Promise<boolean>,
  work: (signal: CancelSignal) => Promise<T>,
): Promise<T> {
  const broken = new Cancellation();
  const breakOff = (): void => broken.abort();
  let cancel = (): void => undefined;
  let isOver = false;
  const again = (): void => {
    if (isOver || broken.aborted) return;
    cancel = clock.after(AGAIN_MS, () => {
      // A database that is away tells nothing: what is stored is fenced anyway.
      void hold()
        .then((goesOn) => void (goesOn || breakOff()))
        .catch(() => undefined)
        .then(again);
    });
  };
  if (stop.aborted) breakOff();
  stop.addEventListener('abort', breakOff, { once: true });
  again();
  try {
    return await work(broken);
  } finally {
    isOver = true;
    cancel();
    stop.removeEventListener('abort', breakOff);
  }
}
