import type { TraceSort } from '@relay/contracts';
import type { TracePosition } from '../domain/trace-cursor';
import type { TraceSearch } from '../domain/trace-search';
import { type SqlQuery, SqlValues } from './sql-query';
import { allOf, conditionsOf, isInRow, tenantsOf } from './trace-conditions';
import type { FoundNames } from './trace-names.sql';
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

/** In the words of the indexes, see the migration coarse-trace-indexes. */
const costBucket = (usd: string): string => `ceil(ln(greatest(${usd}, 1e-12)::float8) * 50)::int2`;
const timeBin = (at: string): string => `date_bin('10 minutes', ${at}, '2000-01-01 00:00:00+00'::timestamptz)`;

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
  const rows: RangeQuery = (range, names) => rowsQuery(page, range, { q, names });
  return hidesWords ? { rows } : { rows, words: (range) => wordsQuery(page, [q], range) };
}

/** What a statement asks of one range of time; `names` are the models of the range that `q` is part of, where they are known. */
export type RangeQuery = (range: Range, names: FoundNames | null) => SqlQuery;

/** Times in ms since the epoch; what is left out has no bound. */
export interface Range {
  readonly from?: number; // inclusive
  readonly to?: number; // exclusive
  readonly leastMs?: number; // of the whole time of a request
  readonly belowMs?: number;
  readonly cost?: 'some' | 'none'; // of those whose price is known
}

function rowsQuery(page: PageRequest, range: Range, search?: { q: string; names: FoundNames | null }): SqlQuery {
  const values = new SqlValues();
  const conditions = conditionsOf(page.filter, page.tenantScope, values.bind);
  const where = [
    allOf(conditions),
    ...pageConditions(page, values.bind),
    ...rangeConditions('trace.at', range, values.bind),
    ...sizeConditions(range, values.bind),
    ...coarseConditions(page, range, values.bind),
  ];
  if (search !== undefined) where.push(isInRow(search.q, values.bind, search.names));
  return finished(
    page,
    `SELECT ${LIST_SELECT} FROM request_traces trace`,
    where,
    values,
    range,
    coarseOrder(page, range),
  );
}

function wordsQuery(page: PageRequest, words: readonly string[], range: Range): SqlQuery {
  const values = new SqlValues();
  const { filter, tenantScope } = page;
  const tenants = tenantsOf(filter, tenantScope);
  const where = [
    ...words.map((text) => hasWords(text, tenants, values.bind)),
    allOf(conditionsOf(filter, tenantScope, values.bind)),
    ...pageConditions(page, values.bind),
    ...sizeConditions(range, values.bind),
  ];
  // Said of the payload too: Postgres hands on to the other table of a join what is equal, not what is in a range.
  for (const at of ['payload.at', 'trace.at']) where.push(...rangeConditions(at, range, values.bind));
  const found = `SELECT ${LIST_SELECT}, ${excerptOf(words[0] ?? '', values.bind)} AS excerpt
    FROM request_payloads payload JOIN request_traces trace ON trace.at = payload.at AND trace.id = payload.trace_id`;
  return finished(page, found, where, values, range);
}

function finished(
  page: PageRequest,
  select: string,
  where: readonly string[],
  values: SqlValues,
  { cost }: Range,
  coarse: readonly string[] = [],
): SqlQuery {
  // What costs nothing is in the order of its time.
  const { column, direction } = ORDERS[cost === 'none' ? 'newest' : page.sort];
  const order = [...coarse, column, 'trace.id'].map((by) => `${by} ${direction}`);
  const text = `${select} WHERE ${where.join(' AND ')} ORDER BY ${order.join(', ')} LIMIT ${values.bind(page.rows)}`;
  return { text, values: values.values };
}

/** What an index of traces has in the place of the column, and sorts in the same way: rows of the first few of its values are then sorted. */
function coarseOrder(page: PageRequest, range: Range): string[] {
  if (page.sort === 'dearest') return range.cost === 'some' ? [costBucket('trace.cost_usd')] : [];
  return isOfOneTenant(page) && isByTime(page) ? [timeBin('trace.at')] : [];
}

const isByTime = ({ sort }: PageRequest): boolean => sort === 'newest' || sort === 'oldest';
const isOfOneTenant = ({ filter, tenantScope }: PageRequest): boolean => tenantsOf(filter, tenantScope)?.length === 1;

/** The bounds again, as the indexes have them. */
function coarseConditions(page: PageRequest, range: Range, bind: SqlValues['bind']): string[] {
  const { sort, after, filter } = page;
  if (range.cost === 'some' && after?.value !== undefined)
    return [`${costBucket('trace.cost_usd')} <= ${costBucket(`${bind(after.value)}::numeric`)}`];
  if (!isOfOneTenant(page) || !isByTime(page)) return [];
  const least = Math.max(...defined(range.from, parsed(filter.from), sort === 'oldest' ? after?.at : undefined));
  const most = Math.min(...defined(range.to, parsed(filter.to), sort === 'newest' ? after?.at : undefined));
  const bin = (time: number): string => timeBin(`${bind(new Date(time))}::timestamptz`);
  return [
    ...(Number.isFinite(least) ? [`${timeBin('trace.at')} >= ${bin(least)}`] : []),
    ...(Number.isFinite(most) ? [`${timeBin('trace.at')} <= ${bin(most)}`] : []),
  ];
}

const parsed = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time));
const defined = (...times: (number | undefined)[]): number[] => times.filter((time) => time !== undefined);

function sizeConditions({ leastMs, belowMs, cost }: Range, bind: SqlValues['bind']): string[] {
  return [
    ...(leastMs === undefined ? [] : [`trace.total_ms >= ${bind(leastMs)}::real`]),
    ...(belowMs === undefined ? [] : [`trace.total_ms < ${bind(belowMs)}::real`]),
    ...(cost === undefined ? [] : [`trace.cost_usd ${cost === 'some' ? '>' : '<='} 0`]),
  ];
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
