import { useMemo } from 'react';
import { useUrlState } from './url-state';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Periods of lists that are seldom about the last hour, as logs of changes are: open towards now. */
export const PERIODS = {
  '1h': { label: 'Last hour', ms: HOUR_MS },
  '24h': { label: 'Last 24 h', ms: DAY_MS },
  '7d': { label: 'Last 7 d', ms: 7 * DAY_MS },
  '30d': { label: 'Last 30 d', ms: 30 * DAY_MS },
  '90d': { label: 'Last 90 d', ms: 90 * DAY_MS },
} as const;

type PeriodName = keyof typeof PERIODS;
/** Chosen to name both ends by hand. */
export const BETWEEN = 'between';

export type Period =
  | { readonly kind: 'any' }
  | { readonly kind: 'last'; readonly name: PeriodName }
  | { readonly kind: 'between'; readonly after: string | null; readonly before: string | null }; // ISO 8601

export function readPeriod(params: URLSearchParams): Period {
  const name = params.get('period') ?? '';
  if (name === BETWEEN)
    return { kind: 'between', after: isoOf(params.get('after')), before: isoOf(params.get('before')) };
  return Object.hasOwn(PERIODS, name) ? { kind: 'last', name: name as PeriodName } : { kind: 'any' };
}

/** As the query parameters `from` and `to` of the API; worked out when something is fetched. */
export function periodQuery(
  period: Period,
  now: number = Date.now(),
): { readonly from?: string; readonly to?: string } {
  if (period.kind === 'any') return {};
  if (period.kind === 'last') return { from: new Date(now - PERIODS[period.name].ms).toISOString() };
  return {
    ...(period.after === null ? {} : { from: period.after }),
    ...(period.before === null ? {} : { to: period.before }),
  };
}

/** What `datetime-local` fields hold, in the zone of the browser; empty for null. */
export function localInput(iso: string | null): string {
  if (iso === null) return '';
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The moment that such a field names; null where it is empty. */
export function isoOf(text: string | null): string | null {
  const at = new Date(text ?? '');
  return text === null || text === '' || Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** The period of a list, in the address as `period`, and `after` and `before`. Stable while the address is. */
export function usePeriod(): Period {
  const [params] = useUrlState();
  const key = `${params.get('period')} ${params.get('after')} ${params.get('before')}`;
  return useMemo(() => readPeriod(params), [key]);
}
