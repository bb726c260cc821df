import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';

/** What happened lately, told beside what is happening now, in ms. */
export const LATELY_MS = 15 * 60_000;

const since = () => ({ from: new Date(Date.now() - LATELY_MS).toISOString() });

/** Who was served and who was refused: requests, tokens and refusals by tenant. */
export const latelyQuery = queryOptions({
  queryKey: ['queues', 'lately', 'tenants'],
  queryFn: async ({ signal }) => {
    const [served, degraded, refused] = await Promise.all([
      dataOf(api.GET('/api/usage', { params: { query: { ...since(), groupBy: 'tenant' } }, signal })),
      dataOf(api.GET('/api/traces/facets', { params: { query: { ...since(), degraded: 'true' } }, signal })),
      dataOf(api.GET('/api/traces/facets', { params: { query: { ...since(), errorCode: 'overloaded' } }, signal })),
    ]);
    return { served: served.data, degraded: degraded.facets, refused: refused.facets };
  },
});

/** The newest that waited, for how long waiting takes: waits are known of what has been served. */
export const waitsQuery = queryOptions({
  queryKey: ['queues', 'lately', 'waits'],
  queryFn: ({ signal }) =>
    dataOf(api.GET('/api/traces', { params: { query: { ...since(), queue: ['short', 'long'], limit: 200 } }, signal })),
});
