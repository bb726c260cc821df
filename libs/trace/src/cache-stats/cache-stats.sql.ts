import type { CacheStatsQuery } from '@relay/contracts';

type GroupBy = CacheStatsQuery['groupBy'];

/** Column of `request_traces` that is grouped by; rules are those of the plan. */
const COLUMNS = {
  kind: 'cache',
  tenant: 'tenant',
  model: 'model',
  rule: 'plan_id',
} as const satisfies Record<GroupBy, string>;

/** The same of the relay's own requests; what refreshes and warmings spend is spent on no kind of hit. */
const SPENDERS = {
  ...COLUMNS,
  kind: `CASE WHEN endpoint IN ('internal:judge', 'internal:recheck', 'internal:verify') THEN 'semantic' END`,
} as const satisfies Record<GroupBy, string>;

const IS_HIT = `cache <> 'miss' AND status = 'ok'`;
const OF_READER = `at >= $1::timestamptz AND at < $2::timestamptz
        AND ($3::text IS NULL OR tenant = $3) AND ($4::text IS NULL OR tenant = $4)`;

const SUMS = ['requests', 'hits', 'saved_usd', 'spent_usd', 'saved_tokens', 'saved_ms'];
const sums = SUMS.map((name) => `sum(${name}) AS ${name}`).join(', ');

/**
 * What the cache answered from `$1` up to, not including, `$2`, of tenant `$3` (null: of all) and within the reader's own tenant `$4` (null: all):
 * the `$5` largest groups, and one row of all of them. Requests that went past the cache, those that the relay refused, and
 * its own (to warm the cache, to judge answers) are left out. What its own
 * requests cost stands beside what was spared; request_traces_internal_spend has these.
 */
export function cacheStatsSql(groupBy: GroupBy): string {
  return `
    WITH looked_up AS MATERIALIZED (
      SELECT ${COLUMNS[groupBy]} AS key, count(*) AS requests, count(*) FILTER (WHERE ${IS_HIT}) AS hits,
        coalesce(sum(saved_usd) FILTER (WHERE ${IS_HIT}), 0) AS saved_usd, 0 AS spent_usd,
        coalesce(sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) FILTER (WHERE ${IS_HIT}), 0) AS saved_tokens,
        coalesce(sum(saved_ms::float8) FILTER (WHERE ${IS_HIT}), 0) AS saved_ms
      FROM request_traces
      WHERE ${OF_READER} AND cache <> 'bypass' AND endpoint NOT LIKE 'internal:%' AND status <> 'rejected'
      GROUP BY 1
      UNION ALL
      SELECT ${SPENDERS[groupBy]}, 0, 0, 0, sum(cost_usd), 0, 0
      FROM request_traces
      WHERE ${OF_READER} AND endpoint LIKE 'internal:%' AND cost_usd > 0
      GROUP BY 1
    ), grouped AS (${groupBy === 'rule' ? BY_RULE : BY_KEY})
    SELECT false AS total, key, ${SUMS.join(', ')}
    FROM (SELECT * FROM grouped ORDER BY requests DESC, key LIMIT $5::int) AS largest
    UNION ALL
    SELECT true, NULL, ${sums} FROM looked_up`;
}

const BY_KEY = `SELECT key, ${sums} FROM looked_up WHERE key IS NOT NULL GROUP BY key`;

/** A request counts under each rule that matched; `$6` are decisions of the relay's own, which are no rules. */
const BY_RULE = `
      SELECT rule AS key, ${sums}
      FROM looked_up
      JOIN execution_plans document ON document.id = looked_up.key
      CROSS JOIN LATERAL (
        SELECT DISTINCT decision->>'rule' AS rule FROM jsonb_array_elements(document.decisions) AS decision
        WHERE decision->>'verdict' = 'matched' AND NOT decision->>'rule' = ANY ($6::text[])
      ) AS matched
      GROUP BY 1
    `;
