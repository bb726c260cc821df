/**
 * What keys have spent since `$1` (the beginning of the month) and since `$2` (that of the day) up to `$3`, for each tenant they acted as:
 * `$4`, `$5` are the tenants and keys in pairs. As all reading of usage: sums of days that are complete and have not changed, of hours where
 * they are not, and of traces where these have changed since, in one statement, so that nothing counts twice.
 */
export const KEY_SPEND_SQL = `
  WITH asked AS MATERIALIZED (
    SELECT DISTINCT tenant, key_id FROM unnest($4::text[], $5::text[]) AS pair(tenant, key_id)
  ), stale AS MATERIALIZED (
    SELECT DISTINCT hour FROM usage_touched
    WHERE hour >= $1::timestamptz AND hour < $3::timestamptz AND hour >= (SELECT frozen_before FROM usage_state)
  ), whole AS MATERIALIZED (
    SELECT day FROM (SELECT day::timestamp AT TIME ZONE 'UTC' AS day FROM usage_days) AS summed
    WHERE day >= $1::timestamptz AND day < $2::timestamptz
      AND NOT EXISTS (SELECT FROM stale WHERE hour >= day AND hour < day + interval '24 hours')
  ), single AS MATERIALIZED (
    SELECT hour FROM generate_series($1::timestamptz, $3::timestamptz - interval '1 hour', interval '1 hour') AS hour
    WHERE date_trunc('day', hour, 'UTC') NOT IN (SELECT day FROM whole) AND hour NOT IN (SELECT hour FROM stale)
  ), spent AS (
    SELECT at, tenant, key_id, cost_usd FROM usage_daily WHERE at = ANY (ARRAY(SELECT day FROM whole)) AND tenant = ANY ($4::text[])
    UNION ALL
    SELECT at, tenant, key_id, cost_usd FROM usage_hourly WHERE at = ANY (ARRAY(SELECT hour FROM single)) AND tenant = ANY ($4::text[])
    UNION ALL
    SELECT at, tenant, key_id, cost_usd FROM stale CROSS JOIN LATERAL (
      SELECT at, tenant, key_id, cost_usd FROM request_traces
      WHERE at >= stale.hour AND at < stale.hour + interval '1 hour' AND tenant = ANY ($4::text[])
    ) AS trace
  )
  SELECT tenant, key_id, coalesce(sum(cost_usd), 0) AS month, coalesce(sum(cost_usd) FILTER (WHERE at >= $2::timestamptz), 0) AS day
  FROM spent JOIN asked USING (tenant, key_id) GROUP BY 1, 2`;

/** What tenants spent of a month (`$1` up to `$2`) and of its day `$3`: dates, UTC. */
export const TENANT_SPEND_SQL = `
  SELECT tenant, sum(usd) AS month, coalesce(sum(usd) FILTER (WHERE day = $3), 0) AS day
  FROM tenant_spend WHERE day >= $1 AND day < $2 AND tenant = ANY ($4::text[]) GROUP BY tenant`;

/** What tenants spent on each day from `$1` up to `$2`. */
export const TENANT_DAYS_SQL = `
  SELECT tenant, (extract(epoch FROM day) * 1000)::float8 AS day, usd::float8 AS usd
  FROM tenant_spend WHERE day >= $1 AND day < $2 AND tenant = ANY ($3::text[])`;
