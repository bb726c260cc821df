import { useQueryClient, type InfiniteData, type Query, type QueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useEventStream } from '../../../api/use-event-stream';
import { useLive } from '../../../state/live';
import type { TraceFilters } from '../trace-filters';
import { withoutOrder } from '../traces.queries';

/** New traces are counted on the page so often, and taken into the list so often at most; counts of all follow more slowly. In ms. */
const COUNT_MS = 250;
const TAKE_MS = 2_000;
const COUNTS_MS = 10_000;

/**
 * Counts new traces as they are stored, and takes them in by itself while `mayMove`: rows never move under the pointer, or
 * under somebody who has scrolled on. `take` is for those who ask.
 */
export function useTail(filters: TraceFilters, moving: boolean, mayMove: () => boolean) {
  const live = useLive() && moving;
  const queries = useQueryClient();
  const path = `/api/traces/tail?${new URLSearchParams(withoutOrder(filters))}`;
  const { fresh, count, reset } = useCount(path);
  const allowed = useRef(mayMove);
  allowed.current = mayMove;
  const counted = useRef(0); // when the counts were last asked for
  useEventStream(live ? path : null, ({ name, data }) => {
    if (name === 'trace') count(1);
    if (name === 'dropped') count(droppedOf(data)); // more came than the relay sends one by one
  });
  const take = (): void => {
    reset();
    takeNewest(queries);
    if (Date.now() - counted.current < COUNTS_MS) return;
    counted.current = Date.now();
    void queries.invalidateQueries({ predicate: (query) => isOfTraces(query) && !isList(query) });
  };
  const latest = useRef(take);
  latest.current = take;
  const waiting = fresh > 0;
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => {
      if (!document.hidden && allowed.current()) latest.current();
    }, TAKE_MS);
    return () => clearInterval(timer);
  }, [waiting]);
  return { fresh: live ? fresh : 0, take };
}

/** Of events that may come by the hundred: the page is drawn a few times a second. */
function useCount(path: string) {
  const [fresh, setFresh] = useState(0);
  const seen = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const reset = (): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    seen.current = 0;
    setFresh(0);
  };
  const count = (more: number): void => {
    seen.current += more;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setFresh(seen.current);
    }, COUNT_MS);
  };
  useEffect(() => {
    reset();
    return () => clearTimeout(timer.current);
  }, [path]);
  return { fresh, count, reset };
}

/** `{"count":n}`, as the relay tells of what it left out. */
function droppedOf(data: string): number {
  const { count } = JSON.parse(data) as { readonly count?: number };
  return count ?? 1;
}

/** Asks for the newest page only, whatever somebody had scrolled through: a hundred pages would take longer than the next event. */
function takeNewest(queries: QueryClient): void {
  queries.setQueriesData<InfiniteData<unknown>>({ predicate: (query) => isOfTraces(query) && isList(query) }, (list) =>
    list ? { pages: list.pages.slice(0, 1), pageParams: list.pageParams.slice(0, 1) } : list,
  );
  void queries.invalidateQueries({ predicate: (query) => isOfTraces(query) && isList(query) });
}

const isOfTraces = ({ queryKey }: Pick<Query, 'queryKey'>): boolean => queryKey[0] === 'traces';
const isList = ({ queryKey }: Pick<Query, 'queryKey'>): boolean => typeof queryKey[1] === 'object';
