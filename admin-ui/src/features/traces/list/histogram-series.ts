import type { Schemas } from '../../../api/client';
import type { Series } from '../../../components/time-chart/series';

const KINDS = [
  { id: 'ok', label: 'OK', color: 'var(--series-soft)' },
  { id: 'aborted', label: 'aborted', color: 'var(--series-5)' },
  { id: 'rejected', label: 'rejected', color: 'var(--series-3)' },
  { id: 'error', label: 'error', color: 'var(--series-bad)' },
] as const;

/** Requests over time by how they ended, as bars upon each other. */
export function histogramSeries({ data, bucketMs }: Schemas['TraceHistogram']) {
  const series: Series[] = KINDS.map((kind) => ({
    ...kind,
    kind: 'bar',
    values: data.map((bucket) => bucket[kind.id]),
  }));
  return { times: data.map(({ at }) => Date.parse(at)), intervalMs: bucketMs, series };
}
