import type { TraceFigureGroup, TraceFilter } from '@relay/contracts';
import { IS_OF_A_MODEL } from '@relay/database';
import { type SqlQuery, SqlValues } from './sql-query';
import { allOf, conditionsOf, searchConditions } from './trace-conditions';

/** Groups that are listed, those with most requests. */
export const MAX_FIGURE_GROUPS = 50;
/** Traces that are looked into, the newest: stages and calls are packed as JSON, 10 µs a trace. */
export const MAX_LOOKED_INTO = 5_000;

const COLUMNS = {
  tenant: 'tenant',
  provider: 'provider',
  queue: 'queue',
} as const satisfies Record<TraceFigureGroup, string>;

const SHARES = `array[0.5, 0.95, 0.99]`;
/** As usage counts them (usage/counted-traces.sql.ts): whose latency counts, what was paid for, what the cache answered. */
const IS_ANSWERED = `status = 'ok' AND ${IS_OF_A_MODEL}`;
const IS_PAID = `cache IN ('miss', 'bypass')`;
const IS_HIT = `NOT ${IS_PAID} AND status = 'ok'`;

const ended = (status: string): string => `count(*) FILTER (WHERE status = '${status}')::int`;
const quantiles = (ms: string, of: string): string =>
  `percentile_disc(${SHARES}) WITHIN GROUP (ORDER BY CASE WHEN ${of} THEN ${ms} END)`;

const FIGURES = {
  requests: 'count(*)::int',
  ok: ended('ok'),
  errors: ended('error'),
  rejected: ended('rejected'),
  aborted: ended('aborted'),
  answered: `count(*) FILTER (WHERE ${IS_ANSWERED})::int`,
  hits: `count(*) FILTER (WHERE ${IS_HIT})::int`,
  input_tokens: `coalesce(sum(input_tokens::bigint) FILTER (WHERE ${IS_PAID}), 0)::float8`,
  output_tokens: `coalesce(sum(output_tokens::bigint) FILTER (WHERE ${IS_PAID}), 0)::float8`,
  cost_usd: 'coalesce(sum(cost_usd), 0)::text',
  saved_usd: `coalesce(sum(saved_usd) FILTER (WHERE ${IS_HIT}), 0)::text`,
  latency: quantiles('total_ms', IS_ANSWERED),
  ttft: quantiles('ttft_ms', `${IS_ANSWERED} AND stream`), // of a whole answer it is the whole time
  wait: quantiles('queue_ms', `queue <> 'none'`),
} as const;

type Shares = readonly (number | null)[] | null;
export type FiguresRow = Readonly<
  Record<Exclude<keyof typeof FIGURES, 'cost_usd' | 'saved_usd' | 'latency' | 'ttft' | 'wait'>, number> &
    Record<'cost_usd' | 'saved_usd', string> &
    Record<'latency' | 'ttft' | 'wait', Shares>
> & { readonly total: boolean; readonly key: string | null };

/** A row of all (`total`), then one for each group, the largest first. */
export function figuresQuery(
  filter: TraceFilter,
  tenantScope: string | null,
  groupBy: TraceFigureGroup | undefined,
): SqlQuery {
  const { where, values } = asked(filter, tenantScope);
  const figures = Object.entries(FIGURES).map(([name, sql]) => `${sql} AS ${name}`);
  if (groupBy === undefined) {
    const text = `SELECT true AS total, NULL AS key, ${figures.join(', ')} FROM request_traces trace WHERE ${where}`;
    return { text, values };
  }
  const column = COLUMNS[groupBy];
  const text = `
    SELECT grouping(${column}) = 1 AS total, ${column} AS key, ${figures.join(', ')}
    FROM request_traces trace WHERE ${where}
    GROUP BY GROUPING SETS ((${column}), ()) ORDER BY 1 DESC, requests DESC, 2 LIMIT ${MAX_FIGURE_GROUPS + 1}`;
  return { text, values };
}

export interface NewestRow {
  readonly looked: number;
  readonly failed: number;
  readonly recovered: number;
  readonly overhead: Shares;
}

/** Stages in which a request waits for somebody else. */
const OUTSIDE = ['queue', 'upstream', 'follow', 'backoff', 'window'].map((name) => `'${name}'`).join(', ');
/** Ends of a call that nothing had to be recovered from. */
const WELL = ['ok', 'not_accepted', 'hedge_lost', 'breaker_open', 'out_of_service'].map((end) => `'${end}'`).join(', ');

/** What only stages and calls tell, of the newest that a model was to answer. Who rode along with another waited all the time. */
export function newestQuery(filter: TraceFilter, tenantScope: string | null, atMost = MAX_LOOKED_INTO): SqlQuery {
  const { where, values } = asked(filter, tenantScope);
  const text = `
    SELECT count(*)::int AS looked, count(*) FILTER (WHERE status = 'error')::int AS failed,
      count(*) FILTER (WHERE status = 'ok' AND stumbled)::int AS recovered,
      percentile_disc(${SHARES}) WITHIN GROUP (ORDER BY CASE WHEN status = 'ok' AND cache <> 'coalesced' THEN overhead END) AS overhead
    FROM (
      SELECT status, cache,
        greatest(0, total_ms - (SELECT coalesce(sum((stage->>2)::float8), 0)
          FROM json_array_elements(detail->'s') stage WHERE stage->>0 IN (${OUTSIDE})))::float8 AS overhead,
        EXISTS (SELECT FROM json_array_elements(detail->'a') call WHERE call->>2 NOT IN (${WELL})) AS stumbled
      FROM request_traces trace
      WHERE ${where} AND status IN ('ok', 'error') AND ${IS_OF_A_MODEL} AND detail IS NOT NULL
      ORDER BY trace.at DESC LIMIT ${atMost}
    ) newest`;
  return { text, values };
}

function asked(filter: TraceFilter, tenantScope: string | null): { where: string; values: readonly unknown[] } {
  const { values, bind } = new SqlValues();
  const conditions = { ...conditionsOf(filter, tenantScope, bind), ...searchConditions(filter, tenantScope, bind) };
  return { where: allOf(conditions), values };
}
