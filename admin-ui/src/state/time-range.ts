import { useMemo } from 'react';
import { useUrlState, type UrlChange } from './url-state';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Ranges that end now. */
export const RANGES = {
  '15m': { label: 'Last 15 min', ms: 15 * MINUTE_MS },
  '1h': { label: 'Last 1 h', ms: HOUR_MS },
  '6h': { label: 'Last 6 h', ms: 6 * HOUR_MS },
  '24h': { label: 'Last 24 h', ms: DAY_MS },
  '7d': { label: 'Last 7 d', ms: 7 * DAY_MS },
  '30d': { label: 'Last 30 d', ms: 30 * DAY_MS },
} as const;

export type RangeName = keyof typeof RANGES;
const DEFAULT_RANGE: RangeName = '1h';

/** A window of time: one that moves with the clock, or one that was cut out (dragged on a chart). */
export type TimeRange =
  | { readonly kind: 'moving'; readonly name: RangeName; readonly ms: number }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number };

export interface Bounds {
  readonly from: number; // ms since 1970
  readonly to: number;
}

export function readTimeRange(params: URLSearchParams): TimeRange {
  const from = Date.parse(params.get('from') ?? '');
  const to = Date.parse(params.get('to') ?? '');
  if (from < to) return { kind: 'fixed', from, to };
  const name = params.get('range') ?? '';
  const known = Object.hasOwn(RANGES, name) ? (name as RangeName) : DEFAULT_RANGE;
  return { kind: 'moving', name: known, ms: RANGES[known].ms };
}

/** Worked out when something is fetched, so that a moving window has not stood still since. */
export const boundsOf = (range: TimeRange, now: number = Date.now()): Bounds =>
  range.kind === 'fixed' ? { from: range.from, to: range.to } : { from: now - range.ms, to: now };

/** As the query parameters `from` and `to` of the API. A moving window is open towards now. */
export function rangeQuery(range: TimeRange): { readonly from: string; readonly to?: string } {
  const { from, to } = boundsOf(range);
  return { from: new Date(from).toISOString(), ...(range.kind === 'fixed' ? { to: new Date(to).toISOString() } : {}) };
}

/** As a change of the address: the window that was cut out. */
export const fixedRange = ({ from, to }: Bounds): UrlChange => ({
  range: null,
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

/** The range of the header, kept in the address. `range` is stable while the address is: good as part of a query key. */
export function useTimeRange(): {
  readonly range: TimeRange;
  readonly setMoving: (name: RangeName) => void;
  readonly setFixed: (bounds: Bounds) => void;
} {
  const [params, change] = useUrlState();
  const key = `${params.get('range')} ${params.get('from')} ${params.get('to')}`;
  const range = useMemo(() => readTimeRange(params), [key]);
  return {
    range,
    setMoving: (name) => change({ range: name, from: null, to: null }),
    setFixed: (bounds) => change(fixedRange(bounds), 'push'),
  };
}
