import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../client';

/** As many alerts as the API gives at once. */
export const MOST_ALERTS = 200;

export const firingQuery = queryOptions({
  queryKey: ['alerts', 'firing'],
  queryFn: ({ signal }) => {
    const query = { state: 'firing' as const, limit: MOST_ALERTS };
    return dataOf(api.GET('/api/alerts', { params: { query }, signal }));
  },
});

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/system', { signal })),
});
