import { useSyncExternalStore } from 'react';

/** Whether the relay answered the last time that it was asked. A refusal is an answer; only silence is none. */
let reachable = true;
const listeners = new Set<() => void>();

export function setReachable(next: boolean): void {
  if (next === reachable) return;
  reachable = next;
  for (const listener of [...listeners]) listener();
}

export const isReachable = (): boolean => reachable;

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useReachable = (): boolean => useSyncExternalStore(subscribe, isReachable);
