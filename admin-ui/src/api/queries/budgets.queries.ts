import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../client';

export type Budget = Schemas['Budget'];

const PAGE_BUDGETS = 100;
const scope = (tenant: string | null) => (tenant === null ? {} : { tenant });

export const budgetsQuery = (tenant: string | null) =>
  infiniteQueryOptions({
    queryKey: ['budgets', tenant],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE_BUDGETS, ...scope(tenant), ...(pageParam === null ? {} : { cursor: pageParam }) };
      return dataOf(api.GET('/api/budgets', { params: { query }, signal }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** What the month will come to. */
export const forecastQuery = (tenant: string | null) =>
  queryOptions({
    queryKey: ['usage', 'forecast', tenant],
    queryFn: ({ signal }) => dataOf(api.GET('/api/usage/forecast', { params: { query: scope(tenant) }, signal })),
    staleTime: 60_000,
  });
