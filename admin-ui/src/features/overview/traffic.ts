import type { Schemas } from '../../api/client';
import type { Series } from '../../components/time-chart/series';

type Histogram = Schemas['TraceHistogram'];

export interface Totals {
  readonly requests: number;
  readonly errors: number;
  readonly errorRate: number | null;
  readonly perSecond: number;
  readonly recovered: number | null; // of the requests that a call failed, those answered by another
}

export function totalsOf({ data, from, to, newest }: Histogram): Totals {
  const sum = (pick: (bucket: Histogram['data'][number]) => number): number =>
    data.reduce((all, bucket) => all + pick(bucket), 0);
  const requests = sum(({ ok, error, rejected, aborted }) => ok + error + rejected + aborted);
  const errors = sum(({ error }) => error);
  const seconds = Math.max(1, (Date.parse(to) - Date.parse(from)) / 1_000);
  const stumbled = newest ? newest.recovered + newest.failed : 0;
  return {
    requests,
    errors,
    errorRate: requests === 0 ? null : errors / requests,
    perSecond: requests / seconds,
    recovered: newest && stumbled > 0 ? newest.recovered / stumbled : null,
  };
}

/** How much more than before, as a share; null where there is nothing to compare. */
export const growth = (now: number | null, before: number | null): number | null =>
  now === null || before === null || before === 0 ? null : now / before - 1;

export const timesOf = ({ data }: Histogram): readonly number[] => data.map(({ at }) => Date.parse(at));

export function requestSeries({ data }: Histogram): readonly Series[] {
  const bar = (id: string, label: string, color: string, values: readonly number[]): Series => ({
    id,
    label,
    color,
    kind: 'bar',
    values,
  });
  return [
    bar(
      'ok',
      'ok',
      'var(--series-soft)',
      data.map(({ ok }) => ok),
    ),
    bar(
      'other',
      'rejected, aborted',
      'var(--series-3)',
      data.map(({ rejected, aborted }) => rejected + aborted),
    ),
    bar(
      'error',
      'errors',
      'var(--series-bad)',
      data.map(({ error }) => error),
    ),
  ];
}

export const latencySeries = ({ data }: Histogram): readonly Series[] => [
  { id: 'p50', label: 'p50', color: 'var(--series-2)', kind: 'line', values: data.map(({ p50Ms }) => p50Ms) },
  { id: 'p95', label: 'p95', color: 'var(--series-1)', kind: 'line', values: data.map(({ p95Ms }) => p95Ms) },
];
