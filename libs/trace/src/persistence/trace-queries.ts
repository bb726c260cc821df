import type { TraceQuery } from '@relay/contracts';
import { LIST_COLUMNS } from './trace-rows';

export interface SqlQuery {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Filters that compare one column with one value of the query. */
const EQUALS = {
  tenant: 'tenant',
  status: 'status',
  model: 'model',
  provider: 'provider',
  endpoint: 'endpoint',
  cache: 'cache',
  queue: 'queue',
  requestId: 'request_id',
  errorCode: 'error_code',
} as const satisfies Partial<Record<keyof TraceQuery, string>>;

/** `q` looks into these. */
const SEARCHED = ['request_id', 'model', 'served_model', 'error'];

/**
 * A page of traces, newest first, that begins after `after`; one row more than the limit tells that there is a next page.
 * `from` is inclusive, `to` is not.
 */
export function listQuery(
  query: TraceQuery,
  tenantScope: string | null,
  after: { readonly id: string; readonly at: number } | null,
): SqlQuery {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions: string[] = [];
  if (tenantScope !== null) conditions.push(`tenant = ${bind(tenantScope)}`);
  for (const [field, column] of Object.entries(EQUALS)) {
    const value = query[field as keyof typeof EQUALS];
    if (value !== undefined) conditions.push(`${column} = ${bind(value)}`);
  }
  if (query.from !== undefined) conditions.push(`at >= ${bind(query.from)}::timestamptz`);
  if (query.to !== undefined) conditions.push(`at < ${bind(query.to)}::timestamptz`);
  if (query.q !== undefined) {
    const pattern = bind(`%${query.q.replace(/[\\%_]/g, '\\$&')}%`);
    conditions.push(`(${SEARCHED.map((column) => `${column} ILIKE ${pattern}`).join(' OR ')})`);
  }
  if (after !== null) conditions.push(`(at, id) < (${bind(new Date(after.at))}::timestamptz, ${bind(after.id)}::uuid)`);
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const text = `SELECT ${LIST_COLUMNS.join(', ')} FROM request_traces ${where} ORDER BY at DESC, id DESC LIMIT ${bind(query.limit + 1)}`;
  return { text, values };
}

/** One trace in full. The time makes Postgres look into one partition only. */
export function detailQuery(id: string, at: number, tenantScope: string | null): SqlQuery {
  const text = `
    SELECT ${LIST_COLUMNS.map((column) => `trace.${column}`).join(', ')},
      trace.error, trace.cache_source, trace.cache_entry, trace.similarity, trace.saved_ms, trace.stages, trace.features, trace.scores, trace.predicted,
      trace.price_version, trace.reasoning_tokens, trace.cache_write_tokens, trace.cache_write_hour_tokens, trace.audio_input_tokens,
      trace.image_input_tokens, trace.audio_output_tokens, trace.image_output_tokens, document.plan, document.decisions,
      (SELECT avg(score)::real FROM feedback WHERE feedback.trace_id = coalesce(trace.cache_source, trace.id)) AS feedback,
      payload.trace_id IS NOT NULL AS has_payload, payload.request AS payload_request, payload.response AS payload_response
    FROM request_traces trace
    LEFT JOIN execution_plans document ON document.id = trace.plan_id
    LEFT JOIN request_payloads payload ON payload.trace_id = trace.id AND payload.at = $2::timestamptz
    WHERE trace.id = $1::uuid AND trace.at = $2::timestamptz AND ($3::text IS NULL OR trace.tenant = $3)`;
  return { text, values: [id, new Date(at), tenantScope] };
}
