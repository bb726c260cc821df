import type { Series } from '../../../components/time-chart/series';
import type { Bounds } from '../../../state/time-range';
import { isHit } from '../trace-status';
import type { TraceRow } from '../traces.queries';

const BUCKETS = 60;

const KINDS = [
  { id: 'ok', label: 'OK', color: 'var(--series-soft)' },
  { id: 'cached', label: 'cached', color: 'var(--series-2)' },
  { id: 'rejected', label: 'rejected, aborted', color: 'var(--series-3)' },
  { id: 'error', label: 'error', color: 'var(--series-bad)' },
] as const;
type Kind = (typeof KINDS)[number]['id'];

/** The rows that were loaded, by time and how they ended. */
export function histogramOfRows(rows: readonly TraceRow[], { from, to }: Bounds) {
  const intervalMs = Math.max(1, (to - from) / BUCKETS);
  const counts = Object.fromEntries(KINDS.map(({ id }) => [id, new Array<number>(BUCKETS).fill(0)])) as Record<
    Kind,
    number[]
  >;
  for (const row of rows) {
    const bucket = Math.floor((Date.parse(row.at) - from) / intervalMs);
    const values = counts[kindOf(row)];
    if (bucket >= 0 && bucket < BUCKETS) values[bucket] = (values[bucket] ?? 0) + 1;
  }
  const series: Series[] = KINDS.map((kind) => ({ ...kind, kind: 'bar', values: counts[kind.id] }));
  return { times: Array.from({ length: BUCKETS }, (_, index) => from + index * intervalMs), intervalMs, series };
}

function kindOf({ status, cache }: TraceRow): Kind {
  if (status === 'ok') return isHit(cache) ? 'cached' : 'ok';
  return status === 'error' ? 'error' : 'rejected';
}
