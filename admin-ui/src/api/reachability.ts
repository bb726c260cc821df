import { useSyncExternalStore } from 'react';

/** Whether the relay answered the last time that it was asked. A refusal is an answer; silence and a proxy's excuse are none. */
let reachable = true;
const listeners = new Set<(reachable: boolean) => void>();

/** What a proxy says when nobody answers behind it. */
const EXCUSES: readonly number[] = [502, 503, 504];

export function setReachable(next: boolean): void {
  if (next === reachable) return;
  reachable = next;
  for (const listener of [...listeners]) listener(next);
}

/** The relay names the request in each of its replies, also where it cannot serve. */
export const answered = ({ status, headers }: Response): boolean =>
  !EXCUSES.includes(status) || headers.has('x-request-id');

export const isReachable = (): boolean => reachable;

/** Calls at each change, until the function that it gives is called. */
export function onReachability(listener: (reachable: boolean) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const useReachable = (): boolean => useSyncExternalStore(onReachability, isReachable);
