import type { PayloadColumns } from '../domain/payload-columns';

/** Columns of `request_traces` as they come in a line, with the type they are read as. */
const TRACE_COLUMNS = {
  request_id: 'text',
  tenant: 'text',
  key_id: 'text',
  endpoint: 'text',
  model: 'text',
  served_model: 'text',
  provider: 'text',
  status: 'text',
  http_status: 'smallint',
  error_code: 'text',
  error: 'text',
  stream: 'boolean',
  cache: 'text',
  cache_source: 'uuid',
  cache_entry: 'text',
  similarity: 'real',
  saved_ms: 'real',
  queue: 'text',
  queue_ms: 'real',
  ttft_ms: 'real',
  total_ms: 'real',
  input_tokens: 'integer',
  cached_input_tokens: 'integer',
  output_tokens: 'integer',
  reasoning_tokens: 'integer',
  cache_write_tokens: 'integer',
  cache_write_hour_tokens: 'integer',
  audio_input_tokens: 'integer',
  image_input_tokens: 'integer',
  audio_output_tokens: 'integer',
  image_output_tokens: 'integer',
  usage_estimated: 'boolean',
  cost_usd: 'numeric(20,12)',
  price_version: 'text',
  saved_usd: 'numeric(20,12)',
  policy: 'text',
  signature: 'text',
  plan_id: 'text',
  degraded: 'text[]',
  tags: 'text[]',
  user_name: 'text',
  detail: 'json',
  // What follows is in `detail` now; lines that an earlier version left in a spool have it.
  attempts: 'jsonb',
  stages: 'jsonb',
  features: 'jsonb',
  scores: 'jsonb',
  predicted: 'jsonb',
} as const;

const names = Object.keys(TRACE_COLUMNS).join(', ');
/** A request without an id of its own has that of its trace, which is not kept twice. */
const values = names.replace('request_id', 'nullif(request_id, id::text)');

/** What is kept of request and answer; see `PayloadColumns`. */
const PAYLOAD_COLUMNS = {
  payload_request: 'text',
  payload_response: 'text',
  payload_words: 'text',
  payload_sealed: 'text', // Base64
  payload_digest: 'text',
  payload_chars: 'integer',
  payload_redacted: 'boolean',
} as const satisfies Record<keyof PayloadColumns, string>;

const definitionsOf = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');

/**
 * One statement for a whole batch: rows, the plans they are the first to name, their payloads, what their tenants spent, the hours
 * whose usage is to be counted anew. `$1` is a JSON array of lines. Everything is idempotent, so a batch whose answer was lost is simply sent again: money is added only for
 * rows that are new. Plans and tenants are sorted, so that two processes that store the same ones at once wait for each other in
 * one order. A plan that is there already is marked as seen, which keeps it from being removed (see stored-plans.ts).
 */
export const INSERT_TRACES = `
with line as materialized (
  select id, to_timestamp(at / 1000.0) as at, ${names}, plan_document, ${Object.keys(PAYLOAD_COLUMNS).join(', ')}
  from json_to_recordset($1::json) as t(
    id uuid, at numeric, ${definitionsOf(TRACE_COLUMNS)},
    plan_document jsonb, ${definitionsOf(PAYLOAD_COLUMNS)}
  )
), plan as (
  insert into execution_plans (id, signature, policy, plan, decisions)
  select distinct on (1) plan_document->>'id', plan_document->>'signature', plan_document->>'policy',
    plan_document->'plan', plan_document->'decisions'
  from line where plan_document is not null order by 1
  on conflict (id) do update set seen_at = now()
), payload as (
  insert into request_payloads (trace_id, at, tenant, request, response, search_text, sealed, request_digest, request_chars, redacted)
  select id, at, tenant, payload_request, payload_response, payload_words, decode(payload_sealed, 'base64'), payload_digest,
    payload_chars, coalesce(payload_redacted, false)
  from line where payload_request is not null or payload_sealed is not null
  on conflict do nothing
), stored as (
  insert into request_traces (id, at, ${names})
  select id, at, ${values} from line
  on conflict do nothing
  returning tenant, at, cost_usd
), touched as (
  insert into usage_touched (hour) select distinct date_trunc('hour', at, 'UTC') from stored
)
insert into tenant_spend (tenant, day, usd)
select tenant, (at at time zone 'UTC')::date, sum(cost_usd) from stored
where tenant is not null and cost_usd > 0 group by 1, 2 order by 1, 2
on conflict (tenant, day) do update set usd = tenant_spend.usd + excluded.usd`;
