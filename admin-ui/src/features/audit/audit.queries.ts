import { infiniteQueryOptions } from '@tanstack/react-query';
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
