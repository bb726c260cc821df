import type { UsageFilters, UsageGroup, UsageInterval } from '@relay/contracts';
import type { SqlQuery } from '../persistence/trace-queries';
import { countedTracesSql } from './counted-traces.sql';
import { ADDED, dimensionsOf, FILTERED, type Grain, MEASURES, SKETCHES, tableOf } from './usage-columns';
import { hasAllSql, marginOf, marginRowsSql } from './usage-margins.sql';

/** From so many on, hours that are not counted are read in one go. */
const MANY_HOURS = 6;

/** What is asked, with whole hours as bounds (whole minutes, by minute). */
export interface UsageQuestion {
  readonly groupBy: UsageGroup;
  readonly filters: UsageFilters;
  readonly from: Date;
  readonly to: Date;
  /** The reader's own tenant; null: every tenant. */
  readonly scope: string | null;
  /** Hours that are not counted, as far as is known: it decides how they are read, not what is. */
  readonly staleHours: number;
  /** Whether percentiles are wanted: sketches are most of what is read. */
  readonly withLatency: boolean;
}

const KEYS = {
  tenant: 'tenant',
  key: 'key_id',
  model: 'model',
  servedModel: 'served_model',
  provider: 'provider',
  tag: 'tag',
  policy: 'policy',
  rule: 'rule',
  day: `to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  hour: `to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:00:00"Z"')`,
  none: 'NULL::text',
} as const satisfies Record<UsageGroup, string>;

/** Only requests with a tag are in the tables by tag: they are asked where a tag is named. */
export const isTagged = ({ groupBy, filters }: UsageQuestion): boolean =>
  groupBy === 'tag' || filters.tag !== undefined;

const sumsOf = ({ withLatency }: UsageQuestion): string =>
  [
    ...ADDED.map((name) => `sum(${name}) AS ${name}`),
    ...SKETCHES.map((name) => `${withLatency ? `string_agg(${name}, ''::bytea)` : 'NULL::bytea'} AS ${name}`),
  ].join(', ');

/** A row of all requests (`total`), which count once with two tags, then sums by key, the dearest first; `limit` keys. */
export function usageSql(question: UsageQuestion, limit: number): SqlQuery {
  const values: unknown[] = [];
  const tagged = isTagged(question);
  const sums = sumsOf(question);
  // Sketches of all rows need not be merged twice where the total has rows of its own, and no traces have to be counted for it.
  const isApart = tagged || question.staleHours === 0;
  const rows = rowsSql(question, values, tagged, question.groupBy === 'hour' ? 'hour' : 'day');
  const order = ORDER[question.groupBy] ?? 'cost_usd DESC, requests DESC, key';
  const keyed = `SELECT ${KEYS[question.groupBy]} AS key, ${MEASURES.join(', ')} FROM (${rows}) AS counted`;
  const sets = isApart ? 'key' : 'GROUPING SETS ((key), ())';
  const grouped = `
    SELECT ${isApart ? 'false' : 'grouping(key) = 1'} AS total, key, ${sums} FROM (${keyed}) AS keyed
    GROUP BY ${sets} ORDER BY 1 DESC, ${order} LIMIT $${values.push(limit + 1)}::int`;
  if (!isApart) return { text: grouped, values };
  const all = rowsSql({ ...question, groupBy: 'none' }, values, question.filters.tag !== undefined, 'day');
  return {
    text: `(SELECT true AS total, NULL AS key, ${sums} FROM (${all}) AS counted) UNION ALL (${grouped})`,
    values,
  };
}

const ORDER: Partial<Record<UsageGroup, string>> = { day: 'key', hour: 'key' };

/** Sums by interval and key; keys beyond the `limit` dearest are one, `(other)`. */
export function seriesSql(question: UsageQuestion, interval: UsageInterval, limit: number): SqlQuery {
  const values: unknown[] = [];
  const rows = rowsSql(question, values, isTagged(question), interval);
  const sums = sumsOf(question);
  const at = interval === 'minute' ? 'at' : `date_trunc('${interval}', at, 'UTC')`;
  const text = `
    WITH grouped AS MATERIALIZED (
      SELECT ${at} AS start, ${KEYS[question.groupBy]} AS key, ${sums} FROM (${rows}) AS counted GROUP BY 1, 2
    ), largest AS MATERIALIZED (
      SELECT key, true AS shown FROM grouped GROUP BY key ORDER BY sum(cost_usd) DESC, sum(requests) DESC, key LIMIT $${values.push(limit)}::int
    )
    SELECT start AS at, CASE WHEN shown THEN key ELSE '(other)' END AS key, shown, ${sums}
    FROM (
      SELECT grouped.*, largest.shown IS NOT NULL AS shown
      FROM grouped LEFT JOIN largest ON largest.key IS NOT DISTINCT FROM grouped.key
    ) AS marked
    GROUP BY 1, 2, 3 ORDER BY 1`;
  return { text, values };
}

/**
 * Rows of usage, each request in one of them: sums of days that are complete, of hours where they are not, and of traces where these have
 * changed since (usage_touched). One statement sees one state of all of them, so nothing is counted twice or missed.
 */
function rowsSql(question: UsageQuestion, values: unknown[], tagged: boolean, finest: UsageInterval): string {
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const [from, to] = [`${bind(question.from)}::timestamptz`, `${bind(question.to)}::timestamptz`];
  const own = conditionsOf(question, bind, tagged);
  const columns = ['at', ...dimensionsOf(tagged), ...MEASURES].join(', ');
  // A tenant is looked up in the traces themselves; the rest is compared with what was counted.
  const { tenant } = question.filters;
  const early = [tenant, question.scope].flatMap((one) => (one == null ? [] : [`tenant = ${bind(one)}`]));
  const condition = early.join(' AND ') || 'true';
  if (finest === 'minute')
    return `SELECT ${columns} FROM (${countedTracesSql(tagged, from, to, { condition, unit: 'minute' })}) AS fresh WHERE ${own}`;
  const margin = marginOf(question, tagged);
  const isOfAll = margin !== null && early.length === 0 && question.groupBy !== 'tenant';
  /** Rows of the times that a table of one column has. */
  const counted = (grain: Grain, column: 'day' | 'hour', table: string): string => {
    const rows = (ofAll: boolean, condition: string): string => {
      const source =
        margin === null ? tableOf(grain, tagged) : `(${marginRowsSql(margin, grain, tagged, ofAll)}) AS margin`;
      return `SELECT ${columns} FROM ${source} WHERE at = ANY (ARRAY(SELECT ${column} FROM ${table} WHERE ${condition})) AND ${own}`;
    };
    const hasAll = hasAllSql(grain, column);
    return isOfAll ? `${rows(true, hasAll)} UNION ALL ${rows(false, `NOT ${hasAll}`)}` : rows(false, 'true');
  };
  const days = finest === 'day' ? DAYS(from, to) : 'SELECT NULL::timestamptz AS day WHERE false';
  return `
      WITH stale AS MATERIALIZED (
        SELECT DISTINCT hour FROM usage_touched
        WHERE hour >= ${from} AND hour < ${to} AND hour >= (SELECT frozen_before FROM usage_state)
      ), whole AS MATERIALIZED (${days}), single AS MATERIALIZED (
        SELECT hour FROM generate_series(${from}, ${to} - interval '1 hour', interval '1 hour') AS hour
        WHERE date_trunc('day', hour, 'UTC') NOT IN (SELECT day FROM whole) AND hour NOT IN (SELECT hour FROM stale)
      )
      ${counted('daily', 'day', 'whole')}
      UNION ALL
      ${counted('hourly', 'hour', 'single')}
      UNION ALL
      SELECT ${columns} FROM (${freshSql(question, tagged, condition)}) AS fresh WHERE ${own}`;
}

/** Few hours one by one, so that what lies between is not read; many in one go. */
function freshSql({ staleHours }: UsageQuestion, tagged: boolean, condition: string): string {
  if (staleHours > MANY_HOURS) {
    const among = `${condition} AND date_trunc('hour', at, 'UTC') IN (SELECT hour FROM stale)`;
    const to = `(SELECT max(hour) + interval '1 hour' FROM stale)`;
    return countedTracesSql(tagged, '(SELECT min(hour) FROM stale)', to, { condition: among });
  }
  const ofHour = countedTracesSql(tagged, 'stale.hour', `stale.hour + interval '1 hour'`, { condition });
  return `SELECT counted.* FROM stale CROSS JOIN LATERAL (${ofHour}) AS counted`;
}

/** Days that lie in the window as a whole and have sums, none of whose hours has changed. */
const DAYS = (from: string, to: string): string => `
        SELECT day FROM (SELECT day::timestamp AT TIME ZONE 'UTC' AS day FROM usage_days) AS summed
        WHERE day >= ${from} AND day + interval '24 hours' <= ${to}
          AND NOT EXISTS (SELECT FROM stale WHERE hour >= day AND hour < day + interval '24 hours')`;

function conditionsOf({ filters, scope }: UsageQuestion, bind: (value: unknown) => string, tagged: boolean): string {
  const conditions: string[] = [];
  if (scope !== null) conditions.push(`tenant = ${bind(scope)}`);
  for (const [name, column] of Object.entries(FILTERED)) {
    const wanted = filters[name as keyof typeof FILTERED];
    if (wanted !== undefined) conditions.push(`${column} = ${bind(wanted)}`);
  }
  if (tagged && filters.tag !== undefined) conditions.push(`tag = ${bind(filters.tag)}`);
  return conditions.join(' AND ') || 'true';
}
