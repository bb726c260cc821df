import { queryOptions } from '@tanstack/react-query';
import { api, dataOf, type Schemas } from '../../api/client';
import type { CapacityView } from './capacity-view';

export type CapacityReport = Schemas['CapacityReport'];
export type Pool = Schemas['CapacityPool'];
export type Hour = Pool['hours'][number];
export type Forecast = CapacityReport['forecasts'][number];
export type WhatIf = Schemas['CapacityWhatIf'];
export type WhatIfReply = Schemas['CapacityWhatIfReply'];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The report reads the traces of weeks: it is not asked for twice within this, in ms. */
const FRESH_MS = 5 * 60_000;

/** Up to the last full hour. */
export function windowOf({ days }: CapacityView): { readonly from: string; readonly to: string } {
  const to = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  return { from: new Date(to - days * DAY_MS).toISOString(), to: new Date(to).toISOString() };
}

export const capacityQuery = (view: CapacityView) =>
  queryOptions({
    queryKey: ['capacity', view],
    queryFn: ({ signal }) => {
      const query = { ...windowOf(view), targetWaitMs: view.targetWaitMs };
      return dataOf(api.GET('/api/capacity', { params: { query }, signal }));
    },
    staleTime: FRESH_MS,
  });

/** Models that something new could ask for. */
export const modelsQuery = queryOptions({
  queryKey: ['capacity', 'models'],
  queryFn: async ({ signal }) => {
    const { rates } = await dataOf(api.GET('/api/capacity', { signal }));
    return [...new Set(rates.filter(({ scope }) => scope === 'model').map(({ id }) => id))];
  },
  staleTime: FRESH_MS,
});
