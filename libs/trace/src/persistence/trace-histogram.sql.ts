import type { TraceFilter } from '@relay/contracts';
import { type SqlQuery, SqlValues } from './sql-query';
import { allOf, conditionsOf, searchConditions } from './trace-conditions';

export interface HistogramRow {
  readonly bucket: string; // bigint: begin / width
  readonly ok: number;
  readonly error: number;
  readonly rejected: number;
  readonly aborted: number;
  readonly p50: number;
  readonly p95: number;
}

/** Requests by bucket; those without any are not there. */
export function histogramQuery(filter: TraceFilter, tenantScope: string | null, widthMs: number): SqlQuery {
  const { values, bind } = new SqlValues();
  const width = bind(widthMs);
  const counted = ['ok', 'error', 'rejected', 'aborted'].map(
    (status) => `count(*) FILTER (WHERE trace.status = '${status}')::int AS ${status}`,
  );
  const where = allOf({
    ...conditionsOf(filter, tenantScope, bind),
    ...searchConditions(filter, tenantScope, bind),
  });
  const text = `
    SELECT floor(extract(epoch FROM trace.at) * 1000 / ${width}::bigint)::bigint AS bucket, ${counted.join(', ')},
      percentile_disc(0.5) WITHIN GROUP (ORDER BY trace.total_ms) AS p50,
      percentile_disc(0.95) WITHIN GROUP (ORDER BY trace.total_ms) AS p95
    FROM request_traces trace WHERE ${where} GROUP BY 1`;
  return { text, values };
}
