import { useEffect, useRef } from 'react';
import type { StreamEvent } from './event-parser';
import { followForever } from './follow-forever';
import { reportStream } from './streams';

/** Follows an event stream while the component is shown; null follows none. Events `dropped` tell how many were left out. */
export function useEventStream(path: string | null, onEvent: (event: StreamEvent) => void): void {
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(() => {
    if (path === null) return;
    const stopped = new AbortController();
    void followForever(path, stopped.signal, {
      onEvent: (event) => latest.current(event),
      onState: (state) => reportStream(stopped, state),
    });
    return () => {
      stopped.abort();
      reportStream(stopped, null);
    };
  }, [path]);
}
