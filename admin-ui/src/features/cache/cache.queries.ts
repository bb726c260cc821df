import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';
import { boundsOf, rangeQuery, type TimeRange } from '../../state/time-range';
import { intervalFor } from './hit-series';

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
  readonly model: string;
  readonly status: CacheEntry['status'] | null;
}

export const entriesQuery = ({ kind, tenant, q, model, status }: EntryFilters) =>
  infiniteQueryOptions({
    queryKey: ['cache', 'entries', kind, tenant, q, model, status],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const search = kind === 'semantic' && q !== '' ? { q } : {};
      const query = {
        kind,
        limit: PAGE_ROWS,
        ...scope(tenant),
        ...search,
        ...(model === '' ? {} : { model }),
        ...(status === null ? {} : { status }),
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

export const neighboursQuery = (id: string) =>
  queryOptions({
    queryKey: ['cache', 'neighbours', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/cache/entries/{id}/neighbours', { params: { path: { id } }, signal })),
  });

export const entryHitsQuery = (id: string, limit: number) =>
  queryOptions({
    queryKey: ['cache', 'entry-hits', id, limit],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/cache/entries/{id}/hits', { params: { path: { id }, query: { limit } }, signal })),
  });

export const similarityQuery = (range: TimeRange, tenant: string | null) =>
  queryOptions({
    queryKey: ['cache', 'similarity', range, tenant],
    queryFn: ({ signal }) => {
      const query = { ...rangeQuery(range), ...scope(tenant) };
      return dataOf(api.GET('/api/cache/similarity', { params: { query }, signal }));
    },
  });

export type Selector = Omit<Schemas['InvalidateCache'], 'dryRun'>;

/** What would go; nothing does. Counted once for each selector, so that what is confirmed does not change under the pointer. */
export const wouldRemoveQuery = (selector: Selector) =>
  queryOptions({
    queryKey: ['cache', 'would-remove', selector],
    queryFn: async ({ signal }) => {
      const reply = await dataOf(api.POST('/api/cache/invalidate', { body: { ...selector, dryRun: true }, signal }));
      return reply.wouldRemove ?? null;
    },
    staleTime: Infinity,
    gcTime: 0,
  });

const HITS = ['exact-l1', 'exact-l2', 'semantic'];
const LATEST_HITS = 200;

/** How long the latest hits took, from the first byte of the request to the last of the answer. */
export const hitTimesQuery = (range: TimeRange, tenant: string | null) =>
  queryOptions({
    queryKey: ['cache', 'hit-times', range, tenant],
    queryFn: async ({ signal }) => {
      const query = { ...rangeQuery(range), ...scope(tenant), cache: HITS, limit: LATEST_HITS };
      const { data } = await dataOf(api.GET('/api/traces', { params: { query }, signal }));
      return data.map(({ totalMs }) => totalMs);
    },
  });

/** Answers of the cache over time; the usage is counted by whole hours. */
export const hitsQuery = (range: TimeRange, tenant: string | null) =>
  queryOptions({
    queryKey: ['cache', 'hits', range, tenant],
    queryFn: ({ signal }) => {
      const { from, to } = boundsOf(range);
      const interval = intervalFor(to - from);
      const query = { ...scope(tenant), from: new Date(from).toISOString(), to: new Date(to).toISOString(), interval };
      return dataOf(api.GET('/api/usage/series', { params: { query }, signal }));
    },
  });

export const invalidationsQuery = queryOptions({
  queryKey: ['cache', 'invalidations'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/cache/invalidations', { signal })),
});

export const warmingsQuery = queryOptions({
  queryKey: ['cache', 'warmings'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/cache/warm', { signal })),
});
