import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';
import { boundsOf, type TimeRange } from '../../state/time-range';
import { isChange } from './change-words';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const COST_WINDOW_MS = DAY_MS;
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
      const window = (start: number, end: number, more: { newest?: 'true' } = {}) =>
        dataOf(
          api.GET('/api/traces/histogram', {
            params: { query: { ...scope(tenant), from: iso(start), to: iso(end), ...more } },
            signal,
          }),
        );
      const [now, before] = await Promise.all([window(from, to, { newest: 'true' }), window(from - (to - from), from)]);
      return { now, before };
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

/** Looked through for changes: most of what is written down are logins and readings. */
const LOOKED_THROUGH = 100;
const CHANGES = 8;

export const changesQuery = queryOptions({
  queryKey: ['audit', 'recent'],
  queryFn: async ({ signal }) => {
    const { data } = await dataOf(api.GET('/api/audit', { params: { query: { limit: LOOKED_THROUGH } }, signal }));
    return data.filter(isChange).slice(0, CHANGES);
  },
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
        latency: 'false' as const,
        from: iso(Date.now() - COST_WINDOW_MS),
        limit: MAX_COST_SERIES,
      };
      return dataOf(api.GET('/api/usage/series', { params: { query }, signal }));
    },
    staleTime: 60_000,
  });

/** What was spent today, UTC, by the hour, and what by this hour of yesterday. */
export const spendQuery = (tenant: string | null) =>
  queryOptions({
    queryKey: ['overview', 'spend', tenant],
    queryFn: async ({ signal }) => {
      const now = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
      const today = Math.floor((now - 1) / DAY_MS) * DAY_MS;
      const usage = (from: number, to: number) => {
        const query = {
          ...scope(tenant),
          groupBy: 'none' as const,
          latency: 'false' as const,
          from: iso(from),
          to: iso(to),
        };
        return dataOf(api.GET('/api/usage', { params: { query }, signal }));
      };
      const hours = {
        ...scope(tenant),
        interval: 'hour' as const,
        latency: 'false' as const,
        from: iso(today),
        to: iso(now),
      };
      const [current, before, { series }] = await Promise.all([
        usage(today, now),
        usage(today - DAY_MS, now - DAY_MS),
        dataOf(api.GET('/api/usage/series', { params: { query: hours }, signal })),
      ]);
      return { today: current.total, before: before.total, points: series[0]?.points ?? [] };
    },
    staleTime: 30_000,
  });

const MAX_RELEASES = 50;
const RELEASES: readonly string[] = ['policy.publish', 'policy.promote', 'policy.rollback'];

export const releasesQuery = queryOptions({
  queryKey: ['audit', 'releases'],
  queryFn: async ({ signal }) => {
    const pages = RELEASES.map((action) =>
      dataOf(api.GET('/api/audit', { params: { query: { action, limit: MAX_RELEASES } }, signal })),
    );
    return (await Promise.all(pages)).flatMap(({ data }) => data);
  },
  staleTime: 60_000,
});
