import type { SqlQuery } from '../persistence/sql-query';
import { bucketSql, entrySql } from '../usage/latency-sketch';
import { EVALUATED, type EvaluationQuestion, valuesOf } from './evaluated-requests.sql';
import { firstKeySql, namedSql } from './group-keys.sql';

const IS_OK = `status = 'ok'`;
const IS_PRICED = `status <> 'rejected' AND cost_usd IS NOT NULL`;
const HAS_TOKENS = `${IS_OK} AND output_tokens IS NOT NULL`;

/** By name, of rows of traces. Squares are for intervals only: floats are good enough for them, and for no money. */
const SUMS = {
  requests: 'count(*)',
  ok: `count(*) FILTER (WHERE ${IS_OK})`,
  errors: `count(*) FILTER (WHERE status = 'error')`,
  hits: `count(*) FILTER (WHERE ${IS_OK} AND cache NOT IN ('miss', 'bypass'))`,
  bad_hits: `count(*) FILTER (WHERE is_bad_hit)`,
  priced: `count(*) FILTER (WHERE ${IS_PRICED})`,
  cost_usd: `coalesce(sum(cost_usd) FILTER (WHERE ${IS_PRICED}), 0)`,
  cost_squares: `coalesce(sum(cost_usd::float8 ^ 2) FILTER (WHERE ${IS_PRICED}), 0)`,
  counted: `count(*) FILTER (WHERE ${HAS_TOKENS})`,
  output_tokens: `coalesce(sum(output_tokens::int8) FILTER (WHERE ${HAS_TOKENS}), 0)`,
  token_squares: `coalesce(sum(output_tokens::float8 ^ 2) FILTER (WHERE ${HAS_TOKENS}), 0)`,
} as const;
export type SumName = keyof typeof SUMS;

/**
 * Served by meaning from an entry that somebody marked. Entries are removed when they have expired, what was learned from a mark stays
 * longer.
 */
const IS_BAD_HIT = `CASE WHEN trace.cache = 'semantic' AND trace.status = 'ok' AND trace.cache_entry ~ '^[0-9a-f-]{36}$' THEN
          EXISTS (SELECT FROM semantic_entries entry WHERE entry.id = trace.cache_entry::uuid AND entry.status = 'quarantined')
          OR trace.cache_entry IN (SELECT entry_id FROM semantic_labels WHERE source = 'bad-hit')
        ELSE false END`;

const NAMES = Object.keys(SUMS) as SumName[];
const ADDED = NAMES.map((name) => `sum(${name}) FILTER (WHERE of_ttft = 0) AS ${name}`).join(', ');
const SKETCHES = `
      coalesce(string_agg(${entrySql('latency_bucket', 'requests')}, ''::bytea)
        FILTER (WHERE of_ttft = 0 AND latency_bucket IS NOT NULL), ''::bytea) AS latency,
      coalesce(string_agg(${entrySql('ttft_bucket', 'requests')}, ''::bytea)
        FILTER (WHERE of_ttft = 1 AND ttft_bucket IS NOT NULL), ''::bytea) AS ttft`;
/** Exact, and rounded once. */
const PER_THOUSAND = 'round(cost_usd * 1000 / nullif(priced, 0), 12)::text AS per_1k_usd';

/** A row of all requests (`total`), and one of each group, those with most requests first, `limit` of them. Traces are read once. */
export function requestSumsSql(question: EvaluationQuestion, limit: number): SqlQuery {
  const columns = [...NAMES, 'latency_bucket', 'ttft_bucket', 'of_ttft'].join(', ');
  const text = `
    WITH slim AS MATERIALIZED (
      SELECT key, latency_bucket, ttft_bucket, grouping(latency_bucket) AS of_ttft,
        ${NAMES.map((name) => `${SUMS[name]} AS ${name}`).join(',\n        ')}
      FROM (
        SELECT trace.*, ${firstKeySql(question.by)} AS key, ${IS_BAD_HIT} AS is_bad_hit,
          CASE WHEN trace.status = 'ok' THEN ${bucketSql('trace.total_ms')} END AS latency_bucket,
          CASE WHEN trace.status = 'ok' AND trace.stream THEN ${bucketSql('trace.ttft_ms')} END AS ttft_bucket
        FROM request_traces trace WHERE ${EVALUATED}
      ) AS evaluated
      GROUP BY GROUPING SETS ((key, latency_bucket), (key, ttft_bucket))
    ), named AS (${namedSql(question.by, 'slim', columns)}), grouped AS (
      SELECT key, ${ADDED}, ${SKETCHES} FROM named WHERE $5::text[] IS NULL OR key = ANY ($5::text[])
      GROUP BY key ORDER BY requests DESC, key LIMIT $6::int
    )
    SELECT true AS total, *, ${PER_THOUSAND} FROM (SELECT NULL::text AS key, ${ADDED}, ${SKETCHES} FROM slim) AS everything
    UNION ALL
    SELECT false, *, ${PER_THOUSAND} FROM grouped`;
  return { text, values: [...valuesOf(question), limit] };
}
