import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client';
import { rangeQuery, type TimeRange } from '../../state/time-range';

export interface Traffic {
  readonly requests: number;
  readonly byPolicy: ReadonlyMap<string, number>; // name@version
  readonly byRule: ReadonlyMap<string, number>; // that matched; of one policy if one was asked for
}

/** How many requests of the time range each version served, and each rule matched. */
export const trafficQuery = (range: TimeRange, policy?: string) =>
  queryOptions({
    queryKey: ['policies', 'traffic', range, policy ?? ''],
    queryFn: async ({ signal }): Promise<Traffic> => {
      const query = { ...rangeQuery(range), ...(policy === undefined ? {} : { policy }) };
      const { facets } = await dataOf(api.GET('/api/traces/facets', { params: { query }, signal }));
      const counted = (values: readonly { value: string; count: number }[]) =>
        new Map(values.map(({ value, count }) => [value, count]));
      return {
        requests: facets.status.reduce((sum, { count }) => sum + count, 0),
        byPolicy: counted(facets.policy),
        byRule: counted(facets.rule),
      };
    },
    staleTime: 30_000,
  });
