import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../client';

// What the shell and several pages ask: one question, one place in memory.

const MAX_TENANTS = 200;

export const tenantsQuery = queryOptions({
  queryKey: ['tenants'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/tenants', { params: { query: { limit: MAX_TENANTS } }, signal })),
  staleTime: 60_000,
});

const FOUND_TENANTS = 50;

/** Those that a search finds, wherever they are in the list; without words the first ones. */
export const tenantSearchQuery = (q: string) =>
  queryOptions({
    queryKey: ['tenants', 'search', q],
    queryFn: async ({ signal }) => {
      const query = { limit: FOUND_TENANTS, ...(q === '' ? {} : { q }) };
      const { data } = await dataOf(api.GET('/api/tenants', { params: { query }, signal }));
      return data.map(({ id }) => id);
    },
    staleTime: 60_000,
  });

export const tenantQuery = (id: string) =>
  queryOptions({
    queryKey: ['tenants', 'one', id],
    queryFn: ({ signal }) => dataOf(api.GET('/api/tenants/{id}', { params: { path: { id } }, signal })),
  });

export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/providers', { signal })),
});

export const queuesQuery = queryOptions({
  queryKey: ['queues'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/queues', { signal })),
});

export const policyQuery = queryOptions({
  queryKey: ['policies', 'overview'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/policies', { signal })),
});
