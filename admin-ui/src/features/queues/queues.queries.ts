import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';

/** What happened lately, told beside what is happening now, in ms. */
export const LATELY_MS = 15 * 60_000;

const since = () => ({ from: new Date(Date.now() - LATELY_MS).toISOString() });

/** A page of the list. */
const MAX_TENANTS = 200;

/** Who was served and who was refused: requests, tokens and refusals by tenant. */
export const latelyQuery = queryOptions({
  queryKey: ['queues', 'lately', 'tenants'],
  queryFn: async ({ signal }) => {
    const [served, tenants, degraded, refused] = await Promise.all([
      figures('tenant', {}, signal),
      dataOf(api.GET('/api/tenants', { params: { query: { limit: MAX_TENANTS } }, signal })),
      dataOf(api.GET('/api/traces/facets', { params: { query: { ...since(), degraded: 'true' } }, signal })),
      dataOf(api.GET('/api/traces/facets', { params: { query: { ...since(), errorCode: 'overloaded' } }, signal })),
    ]);
    const listed = new Set(tenants.data.map(({ id }) => id));
    const others = served.flatMap(({ key }) => (key === null || listed.has(key) ? [] : [key]));
    return {
      served,
      tenants: [...tenants.data, ...(await oneByOne(others, signal))],
      degraded: degraded.facets,
      refused: refused.facets,
    };
  },
});

/** How long waiting took, by queue: waits are known of what has been served or turned away. */
export const waitsQuery = queryOptions({
  queryKey: ['queues', 'lately', 'waits'],
  queryFn: ({ signal }) => figures('queue', { queue: 'short,long' }, signal),
});

/** Tenants that were served and are not on the first page, 50 at most; those that are gone are left out. */
async function oneByOne(ids: readonly string[], signal: AbortSignal) {
  const found = ids.map((id) => api.GET('/api/tenants/{id}', { params: { path: { id } }, signal }));
  return (await Promise.all(found)).flatMap(({ data }) => (data === undefined ? [] : [data]));
}

async function figures(groupBy: 'tenant' | 'queue', filter: { readonly queue?: string }, signal: AbortSignal) {
  const query = { ...since(), ...filter, groupBy, buckets: 1 };
  return (await dataOf(api.GET('/api/traces/histogram', { params: { query }, signal }))).groups;
}
