import type { TraceSort } from '@relay/contracts';
import type { TracePosition } from '../domain/trace-cursor';
import type { TraceSearch } from '../domain/trace-search';
import { type SqlQuery, SqlValues } from './sql-query';
import { allOf, conditionsOf, isInRow, tenantsOf } from './trace-conditions';
import { LIST_SELECT } from './trace-rows';
import { excerptOf, hasWords } from './trace-words.sql';

export type { SqlQuery } from './sql-query';

/** One page of traces. */
export interface PageRequest {
  readonly filter: TraceSearch;
  readonly tenantScope: string | null;
  readonly sort: TraceSort;
  readonly after: TracePosition | null; // where the page before ended
  readonly rows: number; // at most
  readonly ids?: readonly string[]; // of these only
}

interface Order {
  readonly column: string;
  readonly type: string;
  readonly direction: 'ASC' | 'DESC';
}

/** Ids sort by time too, and make every order a total one. */
const ORDERS = {
  newest: { column: 'trace.at', type: 'timestamptz', direction: 'DESC' },
  oldest: { column: 'trace.at', type: 'timestamptz', direction: 'ASC' },
  slowest: { column: 'trace.total_ms', type: 'real', direction: 'DESC' },
  dearest: { column: 'trace.cost_usd', type: 'numeric', direction: 'DESC' },
} as const satisfies Record<TraceSort, Order>;

/**
 * The statements whose rows, put together, begin with the page. A `q` that may be in the row or in its payload is two: each uses the
 * indexes of its own, where both in one would read everything.
 */
export function pageQueries(page: PageRequest): { rows?: RangeQuery; words?: RangeQuery } {
  const { q, text, hidesWords } = page.filter;
  if (text !== undefined) return { words: (range) => wordsQuery(page, q === undefined ? [text] : [text, q], range) };
  if (q === undefined) return { rows: (range) => rowsQuery(page, range) };
  const rows: RangeQuery = (range) => rowsQuery(page, range, q);
  return hidesWords ? { rows } : { rows, words: (range) => wordsQuery(page, [q], range) };
}

/** What a statement asks of one range of time. */
export type RangeQuery = (range: Range) => SqlQuery;

/** Times in ms since the epoch; what is left out has no bound. */
export interface Range {
  readonly from?: number; // inclusive
  readonly to?: number; // exclusive
  readonly leastMs?: number; // of the whole time of a request
}

function rowsQuery(page: PageRequest, range: Range, q?: string): SqlQuery {
  const values = new SqlValues();
  const conditions = conditionsOf(page.filter, page.tenantScope, values.bind);
  const where = [
    allOf(conditions),
    ...pageConditions(page, values.bind),
    ...rangeConditions('trace.at', range, values.bind),
  ];
  if (range.leastMs !== undefined) where.push(`trace.total_ms >= ${values.bind(range.leastMs)}::real`);
  if (q !== undefined) where.push(isInRow(q, values.bind));
  return finished(page, `SELECT ${LIST_SELECT} FROM request_traces trace`, where, values);
}

function wordsQuery(page: PageRequest, words: readonly string[], range: Range): SqlQuery {
  const values = new SqlValues();
  const { filter, tenantScope } = page;
  const tenants = tenantsOf(filter, tenantScope);
  const where = [
    ...words.map((text) => hasWords(text, tenants, values.bind)),
    allOf(conditionsOf(filter, tenantScope, values.bind)),
    ...pageConditions(page, values.bind),
  ];
  // Said of the payload too: Postgres hands on to the other table of a join what is equal, not what is in a range.
  for (const at of ['payload.at', 'trace.at']) where.push(...rangeConditions(at, range, values.bind));
  const found = `SELECT ${LIST_SELECT}, ${excerptOf(words[0] ?? '', values.bind)} AS excerpt
    FROM request_payloads payload JOIN request_traces trace ON trace.at = payload.at AND trace.id = payload.trace_id`;
  return finished(page, found, where, values);
}

function finished(page: PageRequest, select: string, where: readonly string[], values: SqlValues): SqlQuery {
  const { column, direction } = ORDERS[page.sort];
  const order = `${column} ${direction}, trace.id ${direction}`;
  const text = `${select} WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ${values.bind(page.rows)}`;
  return { text, values: values.values };
}

function rangeConditions(at: string, { from, to }: Range, bind: SqlValues['bind']): string[] {
  return [
    ...(from === undefined ? [] : [`${at} >= ${bind(new Date(from))}::timestamptz`]),
    ...(to === undefined ? [] : [`${at} < ${bind(new Date(to))}::timestamptz`]),
  ];
}

function pageConditions({ sort, after, ids }: PageRequest, bind: SqlValues['bind']): string[] {
  const { column, type, direction } = ORDERS[sort];
  const conditions: string[] = sort === 'dearest' ? ['trace.cost_usd IS NOT NULL'] : [];
  if (ids !== undefined) conditions.push(`trace.id = ANY(${bind(ids)}::uuid[])`);
  if (after === null) return conditions;
  const value = after.value ?? new Date(after.at).toISOString();
  const position = `(${bind(value)}::${type}, ${bind(after.id)}::uuid)`;
  return [...conditions, `(${column}, trace.id) ${direction === 'DESC' ? '<' : '>'} ${position}`];
}

/** One trace in full. The time makes Postgres look into one partition only. */
export function detailQuery(id: string, at: number, tenantScope: string | null): SqlQuery {
  const text = `
    SELECT ${LIST_SELECT}, trace.detail, trace.attempts, trace.stages, trace.features, trace.scores, trace.predicted,
      trace.error, trace.cache_source, trace.cache_entry, trace.similarity, trace.saved_ms,
      trace.price_version, trace.reasoning_tokens, trace.cache_write_tokens, trace.cache_write_hour_tokens, trace.audio_input_tokens,
      trace.image_input_tokens, trace.audio_output_tokens, trace.image_output_tokens, document.plan, document.decisions,
      (SELECT avg(score)::real FROM feedback WHERE feedback.trace_id = coalesce(trace.cache_source, trace.id)) AS feedback,
      (SELECT json_agg(json_build_object('id', id, 'at', at, 'score', score, 'comment', comment, 'user', user_name, 'keyId', key_id)
          ORDER BY at DESC)
        FROM (SELECT * FROM feedback
          WHERE feedback.trace_id = coalesce(trace.cache_source, trace.id) AND feedback.tenant = trace.tenant
          ORDER BY at DESC LIMIT ${MAX_FEEDBACK}) said) AS verdicts,
      payload.trace_id IS NOT NULL AS has_payload, payload.request AS payload_request, payload.response AS payload_response,
      payload.sealed AS payload_sealed
    FROM request_traces trace
    LEFT JOIN execution_plans document ON document.id = trace.plan_id
    LEFT JOIN request_payloads payload ON payload.trace_id = trace.id AND payload.at = $2::timestamptz
    WHERE trace.id = $1::uuid AND trace.at = $2::timestamptz AND ($3::text IS NULL OR trace.tenant = $3)`;
  return { text, values: [id, new Date(at), tenantScope] };
}

/** Verdicts that a trace shows, newest first. */
const MAX_FEEDBACK = 100;
