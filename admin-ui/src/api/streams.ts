import { useSyncExternalStore } from 'react';
import type { StreamState } from './follow-forever';

/** The event streams that are followed now, and how they go: what is said to be live must be. */
const streams = new Map<object, StreamState>();
const listeners = new Set<() => void>();

/** Of the stream that this object stands for; null when it is followed no longer. */
export function reportStream(stream: object, state: StreamState | null): void {
  if (state === null) streams.delete(stream);
  else streams.set(stream, state);
  for (const listener of [...listeners]) listener();
}

const allOpen = (): boolean => [...streams.values()].every((state) => state === 'open');

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useStreamsOpen = (): boolean => useSyncExternalStore(subscribe, allOpen);
