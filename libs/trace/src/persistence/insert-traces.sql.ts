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
  attempts: 'jsonb',
  stages: 'jsonb',
  features: 'jsonb',
  scores: 'jsonb',
  predicted: 'jsonb',
} as const;

const names = Object.keys(TRACE_COLUMNS).join(', ');
const definitions = Object.entries(TRACE_COLUMNS).map(([name, type]) => `${name} ${type}`);

/**
 * One statement for a whole batch: rows, the plans they are the first to name, their payloads, what their tenants spent, the hours
 * whose usage is to be counted anew. `$1` is a JSON array of lines. Everything is idempotent, so a batch whose answer was lost is simply sent again: money is added only for
 * rows that are new. Plans and tenants are sorted, so that two processes that store the same ones at once wait for each other in
 * one order. A plan that is there already is marked as seen, which keeps it from being removed (see stored-plans.ts).
 */
export const INSERT_TRACES = `
with line as materialized (
  select id, to_timestamp(at / 1000.0) as at, ${names}, plan_document, payload_request, payload_response
  from json_to_recordset($1::json) as t(
    id uuid, at numeric, ${definitions.join(', ')},
    plan_document jsonb, payload_request text, payload_response text
  )
), plan as (
  insert into execution_plans (id, signature, policy, plan, decisions)
  select distinct on (1) plan_document->>'id', plan_document->>'signature', plan_document->>'policy',
    plan_document->'plan', plan_document->'decisions'
  from line where plan_document is not null order by 1
  on conflict (id) do update set seen_at = now()
), payload as (
  insert into request_payloads (trace_id, at, request, response)
  select id, at, payload_request, payload_response from line where payload_request is not null
  on conflict do nothing
), stored as (
  insert into request_traces (id, at, ${names})
  select id, at, ${names} from line
  on conflict do nothing
  returning tenant, at, cost_usd
), touched as (
  insert into usage_touched (hour) select distinct date_trunc('hour', at, 'UTC') from stored
)
insert into tenant_spend (tenant, day, usd)
select tenant, (at at time zone 'UTC')::date, sum(cost_usd) from stored
where tenant is not null and cost_usd > 0 group by 1, 2 order by 1, 2
on conflict (tenant, day) do update set usd = tenant_spend.usd + excluded.usd`;
