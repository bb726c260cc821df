import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';

export type Tenant = Schemas['Tenant'];
export type ApiKey = Schemas['ApiKey'];
export type TenantStatus = 'active' | 'disabled' | 'all';

const PAGE_ROWS = 200;
const paged = (cursor: string | null) => ({ limit: PAGE_ROWS, ...(cursor === null ? {} : { cursor }) });

// Everything below `tenants`: one invalidation renews the lists, the picker of the header and the page of a tenant.

export const tenantListQuery = (status: TenantStatus, q: string) =>
  infiniteQueryOptions({
    queryKey: ['tenants', 'list', status, q],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { status, ...(q === '' ? {} : { q }), ...paged(pageParam) };
      return dataOf(api.GET('/api/tenants', { params: { query }, signal }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const keysQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['tenants', 'keys', id],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      dataOf(api.GET('/api/tenants/{id}/keys', { params: { path: { id }, query: paged(pageParam) }, signal })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const budgetsQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['budgets', 'of', tenant],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/budgets', { params: { query: { tenant, limit: PAGE_ROWS } }, signal })),
  });
