import type { Unit } from '@relay/contracts';
import { IS_OF_A_MODEL } from '@relay/database';
import { LATENCY_LEVELS, LATENCY_QUANTILE, MEASURES } from './domain/canary-sums';

/** What a canary is drawn by, of `request_traces`: as `unitText` has it, but for keys, which are told by their ids here. */
const UNITS = {
  tenant: 'tenant',
  user: `CASE WHEN user_name <> '' THEN tenant || E'\\n' || user_name ELSE key_id END`,
  key: 'key_id',
  request: 'id::text',
} as const satisfies Record<Unit, string>;

/** Refusals that no policy has a part in: what the app got wrong, and what its tenant and key may use. */
const NOT_BY_POLICY = `coalesce(error_code, '') NOT IN ('model_not_found', 'rate_limited', 'exceeds_limit', 'budget_exceeded', 'client_closed')`;
/** Cost and latency are those of providers' answers: the canary's cache is empty at first, and gets less to fill it with for good. */
const IS_ASKED = `status = 'ok' AND cache IN ('miss', 'bypass')`;

/**
 * Sums of both policies over single requests and over units, in one reading. In SQL `$1` is the beginning, `$2` the end, `$3` the
 * canary's name@version, `$4` that of what is in force, `$5` how much slower the canary may be, `$6` how many requests are read,
 * the newest first.
 */
export function canarySumsSql(unit: Unit): string {
  return `
    WITH recent AS MATERIALIZED (
      SELECT id, policy = $3 AS canary, ${UNITS[unit]} AS unit, status, total_ms, cost_usd::float8 AS cost_usd,
        ${IS_ASKED} AS asked
      FROM request_traces
      WHERE at >= $1 AND at < $2 AND policy IN ($3, $4) AND ${IS_OF_A_MODEL} AND ${NOT_BY_POLICY}
        AND coalesce(endpoint, '') NOT LIKE 'internal:%'
      ORDER BY at DESC LIMIT $6
    ), rated AS (
      SELECT trace_id, avg(score)::float8 AS score FROM feedback WHERE at >= $1 GROUP BY trace_id
    ), p95 AS (
      SELECT percentile_cont(${LATENCY_QUANTILE}) WITHIN GROUP (ORDER BY total_ms) AS ms FROM recent WHERE asked AND NOT canary
    ), measured AS (
      SELECT canary, unit, (status IN ('error', 'rejected'))::int::float8 AS failed,
        CASE WHEN asked THEN (total_ms > p95.ms * CASE WHEN canary THEN 1 + $5::float8 ELSE 1 END)::int::float8 END AS slow,
        CASE WHEN asked THEN cost_usd END AS cost, rated.score
      FROM recent CROSS JOIN p95 LEFT JOIN rated ON rated.trace_id = recent.id
    ), units AS (
      SELECT canary, unit, count(*)::float8 AS requests, ${MEASURES.map(ofUnit).join(', ')} FROM measured GROUP BY canary, unit
    ), latencies AS (
      SELECT canary, percentile_cont(ARRAY[${LATENCY_LEVELS.map((level) => level.toFixed(3)).join(', ')}])
        WITHIN GROUP (ORDER BY total_ms) AS ms
      FROM recent WHERE asked GROUP BY canary
    )
    SELECT units.canary, sum(requests)::float8 AS requests, count(*)::float8 AS units, min(latencies.ms) AS latencies,
      ${MEASURES.map(ofSide).join(', ')}
    FROM units LEFT JOIN latencies USING (canary) GROUP BY units.canary`;
}

const ofUnit = (measure: string): string =>
  `count(${measure})::float8 AS ${measure}_n, coalesce(sum(${measure}), 0) AS ${measure}_s, coalesce(sum(${measure} * ${measure}), 0) AS ${measure}_q`;

/** In the order of `Sums`. */
const ofSide = (measure: string): string => `
      ARRAY[sum(${measure}_n), sum(${measure}_s), sum(${measure}_q), count(*) FILTER (WHERE ${measure}_n > 0),
        sum(${measure}_n * ${measure}_n), sum(${measure}_s * ${measure}_s), sum(${measure}_n * ${measure}_s)]::float8[] AS ${measure}`;
