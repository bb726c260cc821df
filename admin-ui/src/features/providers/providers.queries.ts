import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';

/** What providers did lately, in ms. */
const LATELY_MS = 15 * 60_000;
const HISTORY_MS = 3_600_000;
const RECENT_ERRORS = 50;
const MAX_PROVIDERS = 50;

const since = (ms: number) => new Date(Date.now() - ms).toISOString();

/** Requests that providers were called for, and their times, by provider: the cache's own answers say nothing of a provider. */
export const latelyQuery = queryOptions({
  queryKey: ['providers', 'lately'],
  queryFn: async ({ signal }) => {
    const query = { groupBy: 'provider', cache: 'miss,bypass', buckets: 1, from: since(LATELY_MS) } as const;
    return (await dataOf(api.GET('/api/traces/histogram', { params: { query }, signal }))).groups;
  },
});

/** The last hour by the minute, for the lines beside the names. */
export const minutesQuery = queryOptions({
  queryKey: ['providers', 'minutes'],
  queryFn: ({ signal }) => {
    const query = { interval: 'minute', groupBy: 'provider', from: since(HISTORY_MS), limit: MAX_PROVIDERS } as const;
    return dataOf(api.GET('/api/usage/series', { params: { query }, signal }));
  },
});

/** What went wrong there last, for its classes. */
export const errorsQuery = (provider: string) =>
  queryOptions({
    queryKey: ['providers', 'errors', provider],
    queryFn: ({ signal }) => {
      const query = { provider, status: 'error', from: since(HISTORY_MS), limit: RECENT_ERRORS };
      return dataOf(api.GET('/api/traces', { params: { query }, signal }));
    },
  });
