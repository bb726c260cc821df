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
      figures('tenant', {}, signal),
      dataOf(api.GET('/api/traces/facets', { params: { query: { ...since(), degraded: 'true' } }, signal })),
      dataOf(api.GET('/api/traces/facets', { params: { query: { ...since(), errorCode: 'overloaded' } }, signal })),
    ]);
    return { served, degraded: degraded.facets, refused: refused.facets };
  },
});

/** How long waiting took, by queue: waits are known of what has been served or turned away. */
export const waitsQuery = queryOptions({
  queryKey: ['queues', 'lately', 'waits'],
  queryFn: ({ signal }) => figures('queue', { queue: 'short,long' }, signal),
});

async function figures(groupBy: 'tenant' | 'queue', filter: { readonly queue?: string }, signal: AbortSignal) {
  const query = { ...since(), ...filter, groupBy, buckets: 1 };
  return (await dataOf(api.GET('/api/traces/histogram', { params: { query }, signal }))).groups;
}
