import { useSyncExternalStore } from 'react';

/** How often relative times are told anew, in ms. */
const TICK_MS = 5_000;

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** The time, in steps; one timer for all that asks, none while nobody does. */
export const useNow = (): number => useSyncExternalStore(subscribeToNow, currentNow);

/** Never older than a step: without a timer, whoever is drawn first sets it right. */
export function currentNow(): number {
  if (timer === undefined && Math.abs(Date.now() - now) >= TICK_MS) now = Date.now();
  return now;
}

export function subscribeToNow(listener: () => void): () => void {
  currentNow();
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of [...listeners]) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
