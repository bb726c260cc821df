import { IS_OF_A_MODEL, traceCallsSql } from '@relay/database';
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

/** Whose latency counts. */
const IS_ANSWERED = `status = 'ok' AND ${IS_OF_A_MODEL}`;

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
  charged_input: tokens('greatest(answer_input - coalesce(cached_input_tokens, 0), 0)', IS_CHARGED),
  charged_cached: tokens('least(cached_input_tokens, answer_input)', IS_CHARGED),
  charged_output: tokens('answer_output', IS_CHARGED),
} as const;

/**
 * Tokens of the call that answered, where others were billed as well (a fallback, a hedge, a cascade): the strongest model would have been
 * asked once. Which of the tokens were cached is known of all calls together.
 */
const ANSWER = `
          SELECT billed_input, billed_output FROM ${traceCallsSql('request_traces')} AS made
          WHERE ${IS_CHARGED} AND outcome = 'ok' ORDER BY nth DESC LIMIT 1`;

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
  const traces = `at >= ${from} AND at < ${to} AND ${condition}${tagged ? ' AND tags IS NOT NULL' : ''}`;
  const hour = `date_trunc('${unit}', at, 'UTC')`;
  return `
    WITH ${tagged ? `crowded AS MATERIALIZED (${crowdedSql(hour, traces)}), ` : ''}slim AS MATERIALIZED (
      SELECT ${names}, latency_bucket, ttft_bucket, grouping(latency_bucket) AS of_ttft,
        ${sums.join(',\n        ')}
      FROM (
        SELECT request_traces.*, ${tagged ? 'tagged.tag, ' : ''}${hour} AS hour, ${ASKED_MODEL} AS asked,
          coalesce(billed_input, input_tokens) AS answer_input, coalesce(billed_output, output_tokens) AS answer_output,
          CASE WHEN ${IS_ANSWERED} THEN ${bucketSql('total_ms')} END AS latency_bucket,
          CASE WHEN ${IS_ANSWERED} THEN ${bucketSql('ttft_ms')} END AS ttft_bucket
        FROM request_traces LEFT JOIN LATERAL (${ANSWER}) AS answer ON true${tagged ? taggedSql(hour) : ''}
        WHERE ${traces}
      ) AS trace
      GROUP BY GROUPING SETS ((${names}, latency_bucket), (${names}, ttft_bucket))
    ), plans AS MATERIALIZED (
      SELECT id, plan->'route'->>'strategy' <> 'pinned' AS routed, ${DECIDING_RULE} AS rule
      FROM execution_plans WHERE id IN (SELECT plan_id FROM slim)
    )
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
    GROUP BY slim.hour, ${dimensionsOf(tagged)
      .map((_name, place) => place + 2)
      .join(', ')}`;
}

/** Names that nobody configured come from requests: any number of them. */
const ASKED_MODEL = `CASE WHEN error_code = 'model_not_found' THEN '(unknown)' ELSE left(model, ${MAX_NAME_CHARS}) END`;

const TAG = `left(each, ${MAX_TAG_CHARS})`;

/** Hours of tenants with more tags than are told apart, with those that are, as a JSON object: looking one up does not take longer with more of them. */
const crowdedSql = (hour: string, traces: string): string => `
      SELECT hour AS crowded_hour, tenant AS crowded_tenant, jsonb_object_agg(tag, true) FILTER (WHERE place <= ${MAX_TAGS}) AS kept
      FROM (
        SELECT hour, tenant, tag, row_number() OVER (PARTITION BY hour, tenant ORDER BY count(*) DESC, tag) AS place
        FROM (SELECT ${hour} AS hour, tenant, tag
          FROM request_traces CROSS JOIN LATERAL (SELECT DISTINCT ${TAG} AS tag FROM unnest(tags) AS each) AS named
          WHERE ${traces}) AS counted
        GROUP BY hour, tenant, tag
      ) AS ranked GROUP BY hour, tenant HAVING max(place) > ${MAX_TAGS}`;

/** A request with several tags beyond the bound is in `(other)` once. */
const taggedSql = (hour: string): string => `
        LEFT JOIN crowded ON crowded_hour = ${hour} AND crowded_tenant IS NOT DISTINCT FROM tenant
        CROSS JOIN LATERAL (
          SELECT DISTINCT CASE WHEN kept IS NULL OR kept ? ${TAG} THEN ${TAG} ELSE '(other)' END AS tag FROM unnest(tags) AS each
        ) AS tagged`;

function outerDimensions(tagged: boolean): string {
  const own = `slim.tenant, slim.key_id, slim.asked AS model, slim.served_model, slim.provider, slim.policy, plans.rule AS rule`;
  return tagged ? `slim.tag, ${own}` : own;
}
