import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useEventStream } from '../../../api/use-event-stream';
import { useLive } from '../../../state/live';
import type { TraceFilters } from '../trace-filters';
import { withoutOrder } from '../traces.queries';

/** New traces are taken into the list so often at most, in ms. */
const TAKE_MS = 2_000;

/**
 * Counts new traces as they are stored, and takes them in by itself while `mayMove`: rows never move under the pointer, or
 * under somebody who has scrolled on. `take` is for those who ask.
 */
export function useTail(filters: TraceFilters, moving: boolean, mayMove: () => boolean) {
  const live = useLive() && moving;
  const queries = useQueryClient();
  const [fresh, setFresh] = useState(0);
  const allowed = useRef(mayMove);
  allowed.current = mayMove;
  const path = `/api/traces/tail?${new URLSearchParams(withoutOrder(filters))}`;
  useEffect(() => setFresh(0), [path]);
  useEventStream(live ? path : null, ({ name }) => {
    if (name === 'trace') setFresh((count) => count + 1);
  });
  const take = (): void => {
    setFresh(0);
    void queries.invalidateQueries({ queryKey: ['traces'] });
  };
  const waiting = fresh > 0;
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => {
      if (!allowed.current()) return;
      setFresh(0);
      void queries.invalidateQueries({ queryKey: ['traces'] });
    }, TAKE_MS);
    return () => clearInterval(timer);
  }, [waiting, queries]);
  return { fresh: live ? fresh : 0, take };
}
