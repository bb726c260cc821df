import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';
import { MOST_ALERTS } from '../../api/queries/watch.queries';
import { periodQuery, type Period } from '../../state/period';

export type Alert = Schemas['Alert'];
export type AlertRule = Schemas['AlertRule'];
export type AlertChannel = Schemas['AlertChannel'];

export const STATES = ['firing', 'pending', 'resolved'] as const;
export const SEVERITIES = ['critical', 'warning', 'info'] as const;

export interface AlertFilters {
  readonly state: Alert['state'] | null;
  readonly severity: Alert['severity'] | null;
  readonly rule: string | null;
}

const PAGE_ROWS = 100;

export const readAlertFilters = (params: URLSearchParams): AlertFilters => ({
  state: STATES.find((name) => name === params.get('state')) ?? null,
  severity: SEVERITIES.find((name) => name === params.get('severity')) ?? null,
  rule: params.get('rule'),
});

export const latestQuery = queryOptions({
  queryKey: ['alerts', 'latest'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/alerts', { params: { query: { limit: MOST_ALERTS } }, signal })),
});

export const historyQuery = ({ state, severity, rule }: AlertFilters, period: Period) =>
  infiniteQueryOptions({
    queryKey: ['alerts', 'history', state, severity, rule, period],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: PAGE_ROWS,
        ...(state === null ? {} : { state }),
        ...(severity === null ? {} : { severity }),
        ...(rule === null ? {} : { rule }),
        ...periodQuery(period),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return dataOf(api.GET('/api/alerts', { params: { query }, signal }));
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const rulesQuery = queryOptions({
  queryKey: ['alerts', 'rules'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/alerts/rules', { signal })),
});

export const channelsQuery = queryOptions({
  queryKey: ['alerts', 'channels'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/alerts/channels', { signal })),
});
