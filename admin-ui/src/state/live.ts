import { useSyncExternalStore } from 'react';
import { useReachable } from '../api/reachability';

/** Whether pages keep themselves up to date. Kept for the tab; a hidden tab rests in any case. */
let live = true;
const listeners = new Set<() => void>();

export function setLive(next: boolean): void {
  live = next;
  for (const listener of [...listeners]) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useLive = (): boolean => useSyncExternalStore(subscribe, () => live);

/** For `refetchInterval`: the pause between two looks, in ms, or false while paused, or while nobody answers: then one asks for all. */
export function useLiveInterval(ms: number): number | false {
  const reachable = useReachable();
  return useLive() && reachable ? ms : false;
}
