import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';
import type { Role } from '../../auth/roles';

export type ManagedUser = Schemas['ManagedUser'];

const PAGE_ROWS = 200;

export const usersQuery = (role: Role | null, tenant: string | null) =>
  infiniteQueryOptions({
    queryKey: ['users', 'list', role, tenant],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: PAGE_ROWS,
        ...(role === null ? {} : { role }),
        ...(tenant === null ? {} : { tenant }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return dataOf(api.GET('/api/users', { params: { query }, signal }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** Who may do everything, and can log in: of these one has to stay. */
export const ownersQuery = queryOptions({
  queryKey: ['users', 'owners'],
  queryFn: async ({ signal }) => {
    const query = { role: 'owner' as const, limit: PAGE_ROWS };
    const { data } = await dataOf(api.GET('/api/users', { params: { query }, signal }));
    return data.filter(({ disabledAt }) => disabledAt === null).map(({ id }) => id);
  },
});
