import type { DataSource } from 'typeorm';

const SUMS = `count(*) AS requests, count(*) FILTER (WHERE status = 'ok') AS ok, count(*) FILTER (WHERE status = 'error') AS errors,
  count(*) FILTER (WHERE cache LIKE 'exact%' AND status = 'ok') AS exact,
  coalesce(sum(input_tokens) FILTER (WHERE cache IN ('miss', 'bypass')), 0) AS input,
  coalesce(sum(output_tokens) FILTER (WHERE cache IN ('miss', 'bypass')), 0) AS output,
  coalesce(sum(cost_usd), 0) AS cost, coalesce(sum(saved_usd) FILTER (WHERE cache NOT IN ('miss', 'bypass') AND status = 'ok'), 0) AS saved`;
const COUNTED = `sum(requests) AS requests, sum(ok) AS ok, sum(errors) AS errors, sum(hits_exact_l1 + hits_exact_l2) AS exact,
  sum(input_tokens) AS input, sum(output_tokens) AS output, sum(cost_usd) AS cost, sum(saved_usd) AS saved`;
const DIMENSIONS = 'tenant, key_id, model, served_model, provider, policy';

/** A day is summed when it is over. */
const OVER = { hour: 'true', day: `at < date_trunc('day', now(), 'UTC')` } as const;

export interface Recount {
  readonly groups: number;
  /** Groups of which any sum differs, or that only one side has. */
  readonly different: number;
}

/** Every group of hours or days, of what was counted and of the traces themselves, to the last digit. */
export async function recount(dataSource: DataSource, grain: 'hour' | 'day', tagged: boolean): Promise<Recount> {
  const table = `usage_${tagged ? 'tags_' : ''}${grain === 'hour' ? 'hourly' : 'daily'}`;
  const names = tagged ? `tag, ${DIMENSIONS}` : DIMENSIONS;
  const from = tagged
    ? 'request_traces CROSS JOIN LATERAL (SELECT DISTINCT unnest(tags) AS tag) AS tagged'
    : 'request_traces';
  const [row]: { groups: string; different: string }[] = await dataSource.query(`
    WITH exact AS MATERIALIZED (
      SELECT date_trunc('${grain}', at, 'UTC') AS start, ${names}, ${SUMS} FROM ${from} WHERE ${OVER[grain]} GROUP BY start, ${names}
    ), counted AS MATERIALIZED (
      SELECT at AS start, ${names}, ${COUNTED} FROM ${table} GROUP BY at, ${names}
    )
    SELECT (SELECT count(*) FROM exact) AS groups,
      (SELECT count(*) FROM (TABLE exact EXCEPT ALL TABLE counted) AS missing)
        + (SELECT count(*) FROM (TABLE counted EXCEPT ALL TABLE exact) AS surplus) AS different`);
  return { groups: Number(row?.groups), different: Number(row?.different) };
}

/** P95 of answered requests by tenant, ms. */
export async function exactP95(dataSource: DataSource): Promise<ReadonlyMap<string, number>> {
  const rows: { tenant: string; p95: number }[] = await dataSource.query(`
    SELECT tenant, percentile_disc(0.95) WITHIN GROUP (ORDER BY total_ms)::float8 AS p95
    FROM request_traces WHERE status = 'ok' GROUP BY tenant`);
  return new Map(rows.map(({ tenant, p95 }) => [tenant, p95]));
}
