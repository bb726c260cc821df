import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';
import type { Bounds } from '../../state/time-range';
import { intervalOf } from './period';
import type { CostView } from './cost-view';

export type UsageRow = Schemas['UsageRow'];
export type Usage = Schemas['Usage'];

/** Keys with a colour of their own; the others come as one. */
const MAX_SERIES = 5;

const iso = ({ from, to }: Bounds) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });

/** Money and counts: percentiles, which take longer, are on the page of evaluations. */
const queryOf = ({ groupBy, filters }: CostView, bounds: Bounds) => ({
  ...{ groupBy, latency: 'false' as const },
  ...filters,
  ...iso(bounds),
});

export const usageQuery = (view: CostView, bounds: Bounds) =>
  queryOptions({
    queryKey: ['usage', 'groups', view.groupBy, view.filters, bounds.from, bounds.to],
    queryFn: async ({ signal }) => ({
      view, // what was asked: beside rows of before, that of the address may be another
      usage: await dataOf(api.GET('/api/usage', { params: { query: queryOf(view, bounds) }, signal })),
    }),
  });

export const seriesQuery = (view: CostView) =>
  queryOptions({
    queryKey: ['usage', 'series', view.groupBy, view.filters, view.period.from, view.period.to],
    queryFn: ({ signal }) => {
      const query = { ...queryOf(view, view.period), interval: intervalOf(view.period), limit: MAX_SERIES };
      return dataOf(api.GET('/api/usage/series', { params: { query }, signal }));
    },
  });

/** The address of the same figures as CSV. */
export const csvPath = (view: CostView): string =>
  `/api/usage?${new URLSearchParams({ ...queryOf(view, view.period), latency: 'true', format: 'csv' })}`;

const REFUSED_MS = 3_600_000;

/** Requests of the last hour that were refused for want of money, by tenant. */
export const refusedQuery = (tenant: string | null) =>
  queryOptions({
    queryKey: ['budgets', 'refused', tenant],
    queryFn: async ({ signal }) => {
      const from = new Date(Date.now() - REFUSED_MS).toISOString();
      const asked = { from, errorCode: 'budget_exceeded', groupBy: 'tenant' as const, buckets: 1 };
      const query = { ...asked, ...(tenant === null ? {} : { tenant }) };
      return (await dataOf(api.GET('/api/traces/histogram', { params: { query }, signal }))).groups;
    },
  });

const MOST_KEYS = 200;

export const keysQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['tenants', tenant, 'keys', 'all'],
    queryFn: ({ signal }) => {
      const params = { path: { id: tenant }, query: { limit: MOST_KEYS } };
      return dataOf(api.GET('/api/tenants/{id}/keys', { params, signal }));
    },
  });
