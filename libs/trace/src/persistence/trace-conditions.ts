import type { TraceFilter } from '@relay/contracts';
import { storable, traceIdTime } from '@relay/core';
import type { TraceSearch } from '../domain/trace-search';
import type { SqlValues } from './sql-query';
import type { FoundNames } from './trace-names.sql';
import { hasWords } from './trace-words.sql';

type Bind = SqlValues['bind'];
/** What a filter asks of `request_traces trace`, by its name, so that facets can leave their own out. */
export type Conditions = Partial<Record<keyof TraceFilter | 'scope', string>>;

/** What a filter asks, of the value that was given. */
type Ask<Value> = (value: Value, bind: Bind, tenants: readonly string[] | null) => string;
/** `search`: see `searchConditions` and trace-queries.ts. */
type Registry = { readonly [N in keyof TraceFilter]-?: Ask<NonNullable<TraceFilter[N]>> | 'search' };

/** Every filter there is: one that is added to the API and not here does not compile. */
const FILTERS = {
  tenant: anyOf('tenant'),
  keyId: anyOf('key_id'),
  user: anyOf('user_name'),
  status: anyOf('status'),
  errorCode: anyOf('error_code'),
  model: anyOf('model'),
  servedModel: anyOf('served_model'),
  provider: anyOf('provider'),
  endpoint: anyOf('endpoint'),
  cache: anyOf('cache'),
  queue: anyOf('queue'),
  requestId: isRequest,
  tag: (tags, bind) => `trace.tags && ${bind(tags)}::text[]`,
  policy: isPolicy,
  rule: isRule,
  stream: (isStream, bind) => `trace.stream = ${bind(isStream)}`,
  degraded: (isDegraded, bind) => `(coalesce(cardinality(trace.degraded), 0) > 0) = ${bind(isDegraded)}`,
  minMs: (ms, bind) => `trace.total_ms >= ${bind(ms)}::real`,
  maxMs: (ms, bind) => `trace.total_ms <= ${bind(ms)}::real`,
  minCostUsd: (usd, bind) => `trace.cost_usd >= ${bind(usd)}::numeric`,
  from: (time, bind) => `trace.at >= ${bind(time)}::timestamptz`,
  to: (time, bind) => `trace.at < ${bind(time)}::timestamptz`,
  hasFeedback: (isJudged, bind, tenants) =>
    isJudged ? judged('true', bind, tenants) : 'NOT EXISTS (SELECT FROM feedback WHERE feedback.trace_id = trace.id)',
  feedback: (side, bind, tenants) => judged(`feedback.score ${side === 'negative' ? '<' : '>'} 0`, bind, tenants),
  q: 'search',
  text: 'search',
} as const satisfies Registry;

/** Every filter but the search, and `scope`: the tenant that the reader is confined to, if to one. */
export function conditionsOf(filter: TraceFilter, tenantScope: string | null, bind: Bind): Conditions {
  const conditions: Conditions = tenantScope === null ? {} : { scope: `trace.tenant = ${bind(tenantScope)}` };
  const tenants = tenantsOf(filter, tenantScope);
  for (const name of Object.keys(FILTERS) as (keyof TraceFilter)[]) {
    const ask = FILTERS[name] as Ask<unknown> | 'search';
    const value = filter[name];
    if (value !== undefined && ask !== 'search') conditions[name] = ask(value, bind, tenants);
  }
  return conditions;
}

/** Where `q` finds something in the row itself. `names`: the models that it is part of, where they are known: then they are not compared anew in each row. */
export function isInRow(q: string, bind: Bind, names: FoundNames | null = null): string {
  const pattern = bind(`%${escapeLike(q)}%`);
  const isNamed = (column: 'model' | 'served_model'): string[] => {
    if (names === null) return [`trace.${column} ILIKE ${pattern}`];
    return names[column].length > 0 ? [`trace.${column} = ANY(${bind(names[column])}::text[])`] : [];
  };
  const others = [requestHas(q, pattern, bind), `trace.error ILIKE ${pattern}`];
  return `(${[...isNamed('model'), ...isNamed('served_model'), ...others].join(' OR ')})`;
}

/** Part of a UUID, which most requests have in place of an id of their own. */
const UUID_PART = /^[\da-f-]{1,36}$/i;
const UUID_CHARS = 36;

function requestHas(q: string, pattern: string, bind: Bind): string {
  const own = `(trace.request_id ILIKE ${pattern} AND trace.request_id <> trace.id::text)`;
  if (!UUID_PART.test(q)) return own;
  const isOfTrace = '(trace.request_id IS NULL OR trace.request_id = trace.id::text)';
  if (q.length < UUID_CHARS) return `(${own} OR (trace.id::text ILIKE ${pattern} AND ${isOfTrace}))`;
  const at = traceIdTime(q.toLowerCase());
  return at === undefined ? own : `(${own} OR (${isTrace(q, at, bind)} AND ${isOfTrace}))`;
}

const isTrace = (id: string, at: number, bind: Bind): string =>
  `trace.at = ${bind(new Date(at))}::timestamptz AND trace.id = ${bind(id)}::uuid`;

/** The search as conditions, for what looks at all of the traces; pages ask in two statements (see trace-queries.ts). */
export function searchConditions(filter: TraceSearch, tenantScope: string | null, bind: Bind): Conditions {
  const { q, text, from, to } = filter;
  const isInWords = (words: string): string => {
    const range = [
      ...(from === undefined ? [] : [`payload.at >= ${bind(from)}::timestamptz`]),
      ...(to === undefined ? [] : [`payload.at < ${bind(to)}::timestamptz`]),
    ];
    const where = [hasWords(words, tenantsOf(filter, tenantScope), bind), ...range].join(' AND ');
    return `(trace.at, trace.id) IN (SELECT payload.at, payload.trace_id FROM request_payloads payload WHERE ${where})`;
  };
  return {
    ...(q !== undefined && { q: filter.hidesWords ? isInRow(q, bind) : `(${isInRow(q, bind)} OR ${isInWords(q)})` }),
    ...(text !== undefined && { text: isInWords(text) }),
  };
}

/** The tenants that a search can find something of; `null`: all. */
export function tenantsOf(filter: TraceFilter, tenantScope: string | null): readonly string[] | null {
  return tenantScope === null ? (filter.tenant ?? null) : [tenantScope];
}

export function allOf(conditions: Conditions): string {
  const texts = Object.values(conditions);
  return texts.length > 0 ? texts.join(' AND ') : 'true';
}

/** One column, compared with the values that were given. */
function anyOf(column: string): Ask<readonly string[]> {
  return (values, bind) =>
    values.length === 1 ? `trace.${column} = ${bind(values[0])}` : `trace.${column} = ANY(${bind(values)}::text[])`;
}

/** The index has those that are not the id of their trace, which new rows do not say twice; that id tells where its row is. */
function isRequest(ids: readonly string[], bind: Bind): string {
  const own = `(trace.request_id = ANY(${bind(ids)}::text[]) AND trace.request_id <> trace.id::text)`;
  const traces = ids.flatMap((id) => {
    const at = traceIdTime(id);
    if (at === undefined) return [];
    return [`(${isTrace(id, at, bind)} AND (trace.request_id IS NULL OR trace.request_id = trace.id::text))`];
  });
  return `(${[own, ...traces].join(' OR ')})`;
}

/** A name means all of its versions. */
function isPolicy(policies: readonly string[], bind: Bind): string {
  const names = policies.filter((policy) => !policy.includes('@')).map((name) => `${escapeLike(name)}@%`);
  return `(trace.policy = ANY(${bind(policies)}::text[]) OR trace.policy LIKE ANY(${bind(names)}::text[]))`;
}

/** Decisions are kept with the plan, which many requests share. */
function isRule(rules: readonly string[], bind: Bind): string {
  const holds = rules.map(
    (rule) => `decisions @> ${bind(JSON.stringify([{ rule: storable(rule), verdict: 'matched' }]))}::jsonb`,
  );
  return `trace.plan_id IN (SELECT id FROM execution_plans WHERE ${holds.join(' OR ')})`;
}

/** A trace id tells its time (UUID version 7): the rows that were judged are looked up one by one in the partition of their day. */
const JUDGED = `SELECT to_timestamp(('x' || translate(left(feedback.trace_id::text, 13), '-', ''))::bit(48)::bigint / 1000.0),
  feedback.trace_id FROM feedback`;

/** What was said of the answer is kept under the request that produced it, not under those that were served it again. */
function judged(how: string, bind: Bind, tenants: readonly string[] | null): string {
  const ofTenants = tenants === null ? 'true' : `feedback.tenant = ANY(${bind(tenants)}::text[])`;
  return `(trace.at, trace.id) IN (${JUDGED} WHERE ${ofTenants} AND ${how})`;
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
