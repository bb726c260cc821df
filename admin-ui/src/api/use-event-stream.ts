import { useEffect, useRef } from 'react';
import { ApiError } from './api-error';
import type { StreamEvent } from './event-parser';
import { followEvents } from './event-stream';

/** Pause before a stream that ended is followed again, in ms. */
const AGAIN_MS = 2_000;

/** Follows an event stream while the component is shown; null follows none. Refusals end it, silence does not. */
export function useEventStream(path: string | null, onEvent: (event: StreamEvent) => void): void {
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(() => {
    if (path === null) return;
    const stopped = new AbortController();
    void followForever(path, stopped.signal, (event) => latest.current(event));
    return () => stopped.abort();
  }, [path]);
}

async function followForever(path: string, signal: AbortSignal, onEvent: (event: StreamEvent) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      await followEvents(path, signal, onEvent);
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) return;
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
