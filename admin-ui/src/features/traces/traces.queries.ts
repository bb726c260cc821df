import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';
import { rangeQuery, type TimeRange } from '../../state/time-range';
import { filterQuery, type TraceFilters } from './trace-filters';

export type TraceRow = Schemas['TraceRow'];

const PAGE_ROWS = 100;
/** Ten thousand rows are enough to look through; who needs more narrows the filters or exports. */
const MAX_PAGES = 100;

/** Traces under these filters, page upon page. */
export const tracesQuery = (filters: TraceFilters, range: TimeRange) =>
  infiniteQueryOptions({
    queryKey: ['traces', filterQuery(filters), range],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === null ? {} : { cursor: pageParam };
      const query = { limit: PAGE_ROWS, ...cursor, ...rangeQuery(range), ...filterQuery(filters) };
      return dataOf(api.GET('/api/traces', { params: { query }, signal }));
    },
    getNextPageParam: ({ nextCursor }, pages) => (pages.length < MAX_PAGES ? nextCursor : null),
  });

/** How many traces have which value, each filter counted as if it were not set itself. */
export const facetsQuery = (filters: TraceFilters, range: TimeRange) =>
  queryOptions({
    queryKey: ['traces', 'facets', filterQuery(filters), range],
    queryFn: ({ signal }) => {
      const query = { ...rangeQuery(range), ...withoutOrder(filters) };
      return dataOf(api.GET('/api/traces/facets', { params: { query }, signal }));
    },
  });

export const histogramQuery = (filters: TraceFilters, range: TimeRange) =>
  queryOptions({
    queryKey: ['traces', 'histogram', filterQuery(filters), range],
    queryFn: ({ signal }) => {
      const query = { ...rangeQuery(range), ...withoutOrder(filters) };
      return dataOf(api.GET('/api/traces/histogram', { params: { query }, signal }));
    },
  });

/** Those that have no order: counts, the tail. */
export function withoutOrder(filters: TraceFilters): Record<string, string> {
  const { sort: _, ...query } = filterQuery(filters);
  return query;
}
