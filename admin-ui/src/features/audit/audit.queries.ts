import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';
import { periodQuery, type Period } from '../../state/period';

export type AuditEntry = Schemas['AuditEntry'];

export interface AuditFilters {
  readonly actor: string | null; // id or e-mail
  readonly action: string | null; // `key.revoke`, or `key` for all of them
  readonly target: string | null;
}

const PAGE_ROWS = 100;

export const readAuditFilters = (params: URLSearchParams): AuditFilters => ({
  actor: params.get('actor'),
  action: params.get('action'),
  target: params.get('target'),
});

export const auditQuery = ({ actor, action, target }: AuditFilters, period: Period) =>
  infiniteQueryOptions({
    queryKey: ['audit', actor, action, target, period],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: PAGE_ROWS,
        ...(actor === null ? {} : { actor }),
        ...(action === null ? {} : { action }),
        ...(target === null ? {} : { target }),
        ...periodQuery(period),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return dataOf(api.GET('/api/audit', { params: { query }, signal }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** One entry, wherever it is: the list, newest first, from just above it. */
export const entryQuery = (seq: number) =>
  queryOptions({
    queryKey: ['audit', 'entry', seq],
    queryFn: async ({ signal }) => {
      const query = { limit: 1, cursor: String(seq + 1) };
      const { data } = await dataOf(api.GET('/api/audit', { params: { query }, signal }));
      return data.find((entry) => entry.seq === seq) ?? null;
    },
    staleTime: Infinity, // an entry never changes
  });
