import { useMemo } from 'react';
import { useUrlState, type UrlChange } from '../../state/url-state';

export const DAYS = [7, 14, 28, 35] as const;
/** What a wait may be for one request in ten, in ms. */
export const TARGETS_MS = [250, 500, 1_000, 2_000, 5_000] as const;
export const METRICS = [
  { value: 'busy', label: 'Busy' },
  { value: 'wait', label: 'Wait P90' },
  { value: 'headroom', label: 'Headroom' },
] as const;
export type Metric = (typeof METRICS)[number]['value'];

export interface CapacityView {
  readonly days: number;
  readonly targetWaitMs: number;
}

/** How many days are looked at and what wait is accepted, kept in the address. */
export function useCapacityView(): {
  readonly view: CapacityView;
  readonly metric: Metric;
  readonly change: (next: UrlChange) => void;
} {
  const [params, change] = useUrlState();
  const [days, target] = [params.get('days'), params.get('wait')];
  const view = useMemo(
    () => ({
      days: DAYS.find((one) => String(one) === days) ?? 7,
      targetWaitMs: TARGETS_MS.find((one) => String(one) === target) ?? 1_000,
    }),
    [days, target],
  );
  const metric = METRICS.find(({ value }) => value === params.get('show'))?.value ?? 'busy';
  return { view, metric, change };
}
