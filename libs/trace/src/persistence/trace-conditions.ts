import type { TraceFilter } from '@relay/contracts';
import { storable, traceIdTime } from '@relay/core';
import type { TraceSearch } from '../domain/trace-search';
import type { SqlValues } from './sql-query';
import { hasWords } from './trace-words.sql';

type Bind = SqlValues['bind'];
type Name = Exclude<keyof TraceFilter, 'q' | 'text'> | 'scope';
/** What a filter asks of `request_traces trace`, by its name, so that facets can leave their own out. */
export type Conditions = Partial<Record<Name | 'q' | 'text', string>>;

/** Filters that compare one column with the values that were given. */
const ANY_OF = {
  tenant: 'tenant',
  keyId: 'key_id',
  user: 'user_name',
  status: 'status',
  errorCode: 'error_code',
  model: 'model',
  servedModel: 'served_model',
  provider: 'provider',
  endpoint: 'endpoint',
  cache: 'cache',
  queue: 'queue',
} as const satisfies Partial<Record<Name, string>>;

/** `q` looks into these, and into the words of prompt and answer. */
const SEARCHED = ['request_id', 'model', 'served_model', 'error'];

/** Every filter but the search, and `scope`: the tenant that the reader is confined to, if to one. */
export function conditionsOf(filter: TraceFilter, tenantScope: string | null, bind: Bind): Conditions {
  const conditions: Conditions = tenantScope === null ? {} : { scope: `trace.tenant = ${bind(tenantScope)}` };
  for (const [name, column] of Object.entries(ANY_OF)) {
    const values = filter[name as keyof typeof ANY_OF];
    if (values !== undefined) conditions[name as Name] = isAnyOf(`trace.${column}`, values, bind);
  }
  const { tag, policy, rule, stream, degraded, minMs, maxMs, minCostUsd, from, to } = filter;
  if (filter.requestId !== undefined) conditions.requestId = isRequest(filter.requestId, bind);
  if (tag !== undefined) conditions.tag = `trace.tags && ${bind(tag)}::text[]`;
  if (policy !== undefined) conditions.policy = isPolicy(policy, bind);
  if (rule !== undefined) conditions.rule = isRule(rule, bind);
  if (stream !== undefined) conditions.stream = `trace.stream = ${bind(stream)}`;
  if (degraded !== undefined)
    conditions.degraded = `(coalesce(cardinality(trace.degraded), 0) > 0) = ${bind(degraded)}`;
  if (minMs !== undefined) conditions.minMs = `trace.total_ms >= ${bind(minMs)}::real`;
  if (maxMs !== undefined) conditions.maxMs = `trace.total_ms <= ${bind(maxMs)}::real`;
  if (minCostUsd !== undefined) conditions.minCostUsd = `trace.cost_usd >= ${bind(minCostUsd)}::numeric`;
  if (from !== undefined) conditions.from = `trace.at >= ${bind(from)}::timestamptz`;
  if (to !== undefined) conditions.to = `trace.at < ${bind(to)}::timestamptz`;
  return { ...conditions, ...feedbackConditions(filter, tenantsOf(filter, tenantScope), bind) };
}

/** Where `q` finds something in the row itself. */
export function isInRow(q: string, bind: Bind): string {
  const pattern = bind(`%${escapeLike(q)}%`);
  return `(${SEARCHED.map((column) => `trace.${column} ILIKE ${pattern}`).join(' OR ')})`;
}

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

function isAnyOf(column: string, values: readonly string[], bind: Bind): string {
  return values.length === 1 ? `${column} = ${bind(values[0])}` : `${column} = ANY(${bind(values)}::text[])`;
}

/** The index has those that are not the id of their trace; that id tells where its row is. */
function isRequest(ids: readonly string[], bind: Bind): string {
  const own = `(trace.request_id = ANY(${bind(ids)}::text[]) AND trace.request_id <> trace.id::text)`;
  const traces = ids.flatMap((id) => {
    const at = traceIdTime(id);
    if (at === undefined) return [];
    const place = `trace.at = ${bind(new Date(at))}::timestamptz AND trace.id = ${bind(id)}::uuid`;
    return [`(${place} AND trace.request_id = trace.id::text)`];
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
function feedbackConditions(
  { hasFeedback, feedback }: TraceFilter,
  tenants: readonly string[] | null,
  bind: Bind,
): Conditions {
  const judged = (more = 'true'): string => {
    const ofTenants = tenants === null ? 'true' : `feedback.tenant = ANY(${bind(tenants)}::text[])`;
    return `(trace.at, trace.id) IN (${JUDGED} WHERE ${ofTenants} AND ${more})`;
  };
  return {
    ...(hasFeedback === true && { hasFeedback: judged() }),
    ...(hasFeedback === false && {
      hasFeedback: 'NOT EXISTS (SELECT FROM feedback WHERE feedback.trace_id = trace.id)',
    }),
    ...(feedback !== undefined && {
      feedback: judged(`feedback.score ${feedback === 'negative' ? '<' : '>'} 0`),
    }),
  };
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
