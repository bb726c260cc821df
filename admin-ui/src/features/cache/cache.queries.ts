import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';
import { rangeQuery, type TimeRange } from '../../state/time-range';

export type CacheEntry = Schemas['CacheEntry'];
export type GroupBy = 'kind' | 'tenant' | 'model' | 'rule';

const PAGE_ROWS = 100;
const scope = (tenant: string | null) => (tenant === null ? {} : { tenant });

export const statsQuery = (range: TimeRange, tenant: string | null, groupBy: GroupBy) =>
  queryOptions({
    queryKey: ['cache', 'stats', range, tenant, groupBy],
    queryFn: ({ signal }) => {
      const query = { ...rangeQuery(range), ...scope(tenant), groupBy };
      return dataOf(api.GET('/api/cache/stats', { params: { query }, signal }));
    },
  });

export interface EntryFilters {
  readonly kind: CacheEntry['kind'];
  readonly tenant: string | null;
  readonly q: string;
}

export const entriesQuery = ({ kind, tenant, q }: EntryFilters) =>
  infiniteQueryOptions({
    queryKey: ['cache', 'entries', kind, tenant, q],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const search = kind === 'semantic' && q !== '' ? { q } : {};
      const query = {
        kind,
        limit: PAGE_ROWS,
        ...scope(tenant),
        ...search,
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return dataOf(api.GET('/api/cache/entries', { params: { query }, signal }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const entryQuery = (id: string) =>
  queryOptions({
    queryKey: ['cache', 'entry', id],
    queryFn: ({ signal }) => dataOf(api.GET('/api/cache/entries/{id}', { params: { path: { id } }, signal })),
  });
