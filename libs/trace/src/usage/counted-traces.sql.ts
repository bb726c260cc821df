import { bucketSql, entrySql } from './latency-sketch';
import { dimensionsOf } from './usage-columns';

/** Tags of one tenant in one hour that are told apart; what is beyond counts under `(other)`. Tags come from requests: any number of them. */
const MAX_TAGS = 1_000;
const MAX_TAG_CHARS = 64;
const MAX_NAME_CHARS = 256;

/**
 * Decisions of plans that are no rules of a policy. The names are those of libs/policy (OWN_DECISIONS), which this library may not import; a
 * spec of apps/admin compares them.
 */
export const NO_RULES = [
  'model',
  'queue',
  'defaults',
  'tenant-defaults',
  'priority',
  'deadline',
  'prefer',
  'ranking',
] as const;

const IS_HIT = `cache NOT IN ('miss', 'bypass') AND status = 'ok'`;
const IS_PAID = `cache IN ('miss', 'bypass')`;
/** What routing may have saved on: an answer that was paid for, at a known price. Whether routing had a choice, the plan tells. */
const IS_CHARGED = `${IS_PAID} AND status = 'ok' AND cost_usd IS NOT NULL AND output_tokens > 0`;

const tokens = (column: string, condition: string): string =>
  `coalesce(sum(${column}::bigint) FILTER (WHERE ${condition}), 0)`;
const usd = (column: string, condition: string): string => `coalesce(sum(${column}) FILTER (WHERE ${condition}), 0)`;
const hits = (kind: string): string => `count(*) FILTER (WHERE cache = '${kind}' AND status = 'ok')`;
const ended = (status: string): string => `count(*) FILTER (WHERE status = '${status}')`;

/** By name, of rows of `request_traces`. */
const SUMS = {
  requests: 'count(*)',
  ok: ended('ok'),
  errors: ended('error'),
  rejected: ended('rejected'),
  aborted: ended('aborted'),
  hits_exact_l1: hits('exact-l1'),
  hits_exact_l2: hits('exact-l2'),
  hits_semantic: hits('semantic'),
  hits_coalesced: hits('coalesced'),
  unpriced: `count(*) FILTER (WHERE ${IS_PAID} AND cost_usd IS NULL AND (input_tokens > 0 OR output_tokens > 0))`,
  estimated: `count(*) FILTER (WHERE ${IS_PAID} AND usage_estimated)`,
  input_tokens: tokens('input_tokens', IS_PAID),
  cached_input_tokens: tokens('cached_input_tokens', IS_PAID),
  output_tokens: tokens('output_tokens', IS_PAID),
  reasoning_tokens: tokens('reasoning_tokens', IS_PAID),
  saved_tokens: tokens('(coalesce(input_tokens, 0)::bigint + coalesce(output_tokens, 0))', IS_HIT),
  cost_usd: 'coalesce(sum(cost_usd), 0)',
  saved_usd: usd('saved_usd', IS_HIT),
  charged_usd: usd('cost_usd', IS_CHARGED),
  charged_input: tokens('greatest(input_tokens - coalesce(cached_input_tokens, 0), 0)', IS_CHARGED),
  charged_cached: tokens('cached_input_tokens', IS_CHARGED),
  charged_output: tokens('output_tokens', IS_CHARGED),
} as const;

const CHARGED = ['charged_usd', 'charged_input', 'charged_cached', 'charged_output'];
const PLAIN = Object.keys(SUMS).filter((name) => !CHARGED.includes(name));

const NO_RULE_LIST = NO_RULES.map((name) => `'${name}'`).join(', ');
/** The last rule of a plan's policy that changed where its requests go. */
const DECIDING_RULE = `(
        SELECT decision->>'rule' FROM jsonb_array_elements(decisions) WITH ORDINALITY AS taken(decision, nth)
        WHERE decision->>'verdict' = 'matched' AND decision->>'rule' NOT IN (${NO_RULE_LIST})
          AND EXISTS (SELECT FROM jsonb_array_elements_text(decision->'changed') AS path WHERE path LIKE 'route.%')
        ORDER BY nth DESC LIMIT 1)`;

/** What the same tokens would have cost at the tenant's strongest model; those without a row of their own may use every model. */
const STRONGEST_USD = `
        reference.input_usd * charged_input + reference.cached_input_usd * charged_cached + reference.output_usd * charged_output`;

const BY_TRACE = ['hour', 'tenant', 'key_id', 'asked', 'served_model', 'provider', 'policy', 'plan_id'];

/**
 * Rows as the usage tables hold them, from the traces of `from` up to `to` (SQL expressions), by hour, or by minute. Traces are read once:
 * grouped by plan first, and by bucket of latency and of TTFT, which are then joined into sketches. `condition` is of `request_traces`.
 */
export function countedTracesSql(
  tagged: boolean,
  from: string,
  to: string,
  { condition = 'true', unit = 'hour' }: { condition?: string; unit?: 'hour' | 'minute' } = {},
): string {
  const names = (tagged ? ['tag', ...BY_TRACE] : BY_TRACE).join(', ');
  const sums = Object.entries(SUMS).map(([name, sum]) => `${sum} AS ${name}`);
  return `
    WITH slim AS MATERIALIZED (
      SELECT ${names}, latency_bucket, ttft_bucket, grouping(latency_bucket) AS of_ttft,
        ${sums.join(',\n        ')}
      FROM (
        SELECT *, date_trunc('${unit}', at, 'UTC') AS hour, ${ASKED_MODEL} AS asked,
          CASE WHEN status = 'ok' THEN ${bucketSql('total_ms')} END AS latency_bucket,
          CASE WHEN status = 'ok' THEN ${bucketSql('ttft_ms')} END AS ttft_bucket
        FROM request_traces${tagged ? ` CROSS JOIN LATERAL (${DISTINCT_TAGS}) AS tagged` : ''}
        WHERE at >= ${from} AND at < ${to} AND ${condition}
      ) AS trace
      GROUP BY GROUPING SETS ((${names}, latency_bucket), (${names}, ttft_bucket))
    ), plans AS MATERIALIZED (
      SELECT id, plan->'route'->>'strategy' <> 'pinned' AS routed, ${DECIDING_RULE} AS rule
      FROM execution_plans WHERE id IN (SELECT plan_id FROM slim)
    )${tagged ? `, kept AS (${KEPT_TAGS})` : ''}
    SELECT slim.hour AS at, ${outerDimensions(tagged)},
      ${PLAIN.map((name) => `coalesce(sum(slim.${name}) FILTER (WHERE of_ttft = 0), 0) AS ${name}`).join(',\n      ')},
      coalesce(sum(round(${STRONGEST_USD} - charged_usd, 12))
        FILTER (WHERE of_ttft = 0 AND plans.routed AND reference.model <> ''), 0) AS saved_by_routing_usd,
      coalesce(string_agg(${entrySql('latency_bucket', 'slim.requests')}, ''::bytea)
        FILTER (WHERE of_ttft = 0 AND latency_bucket IS NOT NULL), ''::bytea) AS latency,
      coalesce(string_agg(${entrySql('ttft_bucket', 'slim.requests')}, ''::bytea)
        FILTER (WHERE of_ttft = 1 AND ttft_bucket IS NOT NULL), ''::bytea) AS ttft
    FROM slim
    LEFT JOIN plans ON plans.id = slim.plan_id
    LEFT JOIN usage_references reference ON reference.tenant = coalesce(
      (SELECT own.tenant FROM usage_references own WHERE own.tenant = slim.tenant), '')
    ${tagged ? 'LEFT JOIN kept ON kept.hour = slim.hour AND kept.tenant IS NOT DISTINCT FROM slim.tenant AND kept.tag = slim.tag' : ''}
    GROUP BY slim.hour, ${dimensionsOf(tagged)
      .map((_name, place) => place + 2)
      .join(', ')}`;
}

/** Names that nobody configured come from requests: any number of them. */
const ASKED_MODEL = `CASE WHEN error_code = 'model_not_found' THEN '(unknown)' ELSE left(model, ${MAX_NAME_CHARS}) END`;

const DISTINCT_TAGS = `SELECT DISTINCT left(each, ${MAX_TAG_CHARS}) AS tag FROM unnest(tags) AS each`;

const KEPT_TAGS = `
      SELECT hour, tenant, tag FROM (
        SELECT hour, tenant, tag, row_number() OVER (PARTITION BY hour, tenant ORDER BY sum(requests) DESC, tag) AS place
        FROM slim WHERE of_ttft = 0 GROUP BY hour, tenant, tag
      ) AS ranked WHERE place <= ${MAX_TAGS}`;

function outerDimensions(tagged: boolean): string {
  const own = `slim.tenant, slim.key_id, slim.asked AS model, slim.served_model, slim.provider, slim.policy, plans.rule AS rule`;
  return tagged ? `CASE WHEN kept.tag IS NULL THEN '(other)' ELSE slim.tag END AS tag, ${own}` : own;
}
