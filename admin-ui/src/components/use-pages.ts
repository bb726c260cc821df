import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useCallback, useMemo, useRef } from 'react';

/**
 * A list of the API, page by page, as one array; `more` is for `onNearEnd` of a table. It stays the same function, so that a page
 * that cannot be fetched is asked for again when somebody scrolls back to the end or asks for it, not in a loop.
 */
export function usePages<Row>(query: UseInfiniteQueryResult<InfiniteData<{ readonly data: readonly Row[] }>>) {
  const { data } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  const latest = useRef(query);
  latest.current = query;
  const more = useCallback(() => {
    const { hasNextPage, isFetching, fetchNextPage } = latest.current;
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, []);
  return { rows, more };
}
