import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';
import { boundsOf, type TimeRange } from '../../state/time-range';

const COST_WINDOW_MS = 24 * 3_600_000;
/** Tenants with a colour of their own; the others come as one. */
const MAX_COST_SERIES = 5;

const iso = (at: number): string => new Date(at).toISOString();
const scope = (tenant: string | null) => (tenant === null ? {} : { tenant });

/** Requests and their times over the range, and over the window of the same length before it. */
export const trafficQuery = (range: TimeRange, tenant: string | null) =>
  queryOptions({
    queryKey: ['overview', 'traffic', range, tenant],
    queryFn: async ({ signal }) => {
      const { from, to } = boundsOf(range);
      const window = (start: number, end: number) =>
        dataOf(
          api.GET('/api/traces/histogram', {
            params: { query: { ...scope(tenant), from: iso(start), to: iso(end) } },
            signal,
          }),
        );
      const [now, before] = await Promise.all([window(from, to), window(from - (to - from), from)]);
      return { now, before };
    },
  });

export const savingsQuery = (range: TimeRange, tenant: string | null) =>
  queryOptions({
    queryKey: ['overview', 'savings', range, tenant],
    queryFn: ({ signal }) => {
      const { from, to } = boundsOf(range);
      const query = { ...scope(tenant), from: iso(from), to: iso(to) };
      return dataOf(api.GET('/api/cache/stats', { params: { query }, signal }));
    },
  });

export const slowestQuery = (range: TimeRange, tenant: string | null) =>
  queryOptions({
    queryKey: ['overview', 'slowest', range, tenant],
    queryFn: ({ signal }) => {
      const { from, to } = boundsOf(range);
      const query = { ...scope(tenant), from: iso(from), to: iso(to), sort: 'slowest' as const, limit: 6 };
      return dataOf(api.GET('/api/traces', { params: { query }, signal }));
    },
  });

export const changesQuery = queryOptions({
  queryKey: ['audit', 'recent'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/audit', { params: { query: { limit: 8 } }, signal })),
});

/** What tenants cost, by the hour, over the last day: money is counted by whole hours. */
export const costQuery = (tenant: string | null) =>
  queryOptions({
    queryKey: ['overview', 'cost', tenant],
    queryFn: ({ signal }) => {
      const query = {
        ...scope(tenant),
        interval: 'hour' as const,
        groupBy: 'tenant' as const,
        from: iso(Date.now() - COST_WINDOW_MS),
        limit: MAX_COST_SERIES,
      };
      return dataOf(api.GET('/api/usage/series', { params: { query }, signal }));
    },
    staleTime: 60_000,
  });
