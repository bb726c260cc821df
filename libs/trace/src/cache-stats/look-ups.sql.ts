import { type SqlQuery } from '../persistence/sql-query';

/** Requests that are read for one answer, newest first: a second or two. */
export const MAX_REQUESTS = 100_000;
/** Thresholds that are told of one measure. */
const MAX_THRESHOLDS = 20;
/** Width of a bin is 1 / this. */
export const BINS = 100;
/** Pairs less alike are never judged, and never served by modes that learn. Cosine; as MIN_JUDGED_SIMILARITY of the cache. */
const LEAST_JUDGED = 0.6;

export interface LookUpRow {
  readonly mode: string;
  readonly place: LookUpPlace;
  readonly bin: number | null; // of place `bin` only
  readonly look_ups: number;
  readonly served: number;
  readonly saved_usd: string;
  readonly cost_usd: string;
}

export interface ThresholdRow {
  readonly mode: string;
  readonly threshold: number;
  readonly look_ups: number;
  readonly last_at: string;
}

export interface LookUpsRow {
  readonly requests: number;
  readonly oldest: Date | null;
  readonly look_ups: LookUpRow[] | null;
  readonly thresholds: ThresholdRow[] | null;
}

/** Where a look-up counts: in a bin, if only the threshold decided it; `guarded`: guards object to all that is near. */
export type LookUpPlace = 'bin' | 'no_neighbour' | 'guarded' | 'held_back' | 'failed';

/**
 * What came of looking for like questions, from $1 up to, not including, $2, of tenant $3 (null: all) and within the reader's own $4 (null: all).
 * Traces tell it in the attributes of their stage `semantic`: the best that no guard objected to, served or not. Requests that the cache
 * answered word for word, or that went past it, were not looked up; the relay's own are no traffic. What was not looked up has no
 * `similarity` and another reason than those here.
 */
export function lookUpsQuery(from: Date, to: Date, tenant: string | null, tenantScope: string | null): SqlQuery {
  const text = `
    WITH request AS MATERIALIZED (
      SELECT at, status, cache, saved_usd, cost_usd, coalesce(detail->'s', stages::json) AS stages
      FROM request_traces
      WHERE at >= $1::timestamptz AND at < $2::timestamptz AND ($3::text IS NULL OR tenant = $3) AND ($4::text IS NULL OR tenant = $4)
        AND cache IN ('semantic', 'miss', 'coalesced') AND endpoint NOT LIKE 'internal:%'
      ORDER BY at DESC LIMIT ${MAX_REQUESTS}
    ), stage AS MATERIALIZED (
      SELECT at, status, cache, saved_usd, cost_usd, stage.value->3 AS found
      FROM request CROSS JOIN LATERAL (
        SELECT value FROM json_array_elements(stages) AS each(value) WHERE value->>0 = 'semantic' LIMIT 1
      ) AS stage
    ), look_up AS MATERIALIZED (
      SELECT at, status, cache, saved_usd, cost_usd, found->>'mode' AS mode, found->>'reason' AS reason,
        (found->>'threshold')::float8 AS threshold, (found->>'similarity')::numeric AS similarity, (found->>'score')::numeric AS score,
        found->>'guardedEntry' AS guarded
      FROM stage
    ), placed AS MATERIALIZED (
      SELECT mode, threshold, at, cache = 'semantic' AND reason = 'hit' AS served,
        CASE WHEN status = 'ok' THEN saved_usd END AS saved_usd, CASE WHEN status = 'ok' THEN cost_usd END AS cost_usd,
        CASE
          WHEN reason = 'no_neighbour' THEN reason
          WHEN reason IN ('no_embedding', 'store_failed') THEN 'failed'
          WHEN similarity IS NULL AND (reason = 'guarded' OR guarded IS NOT NULL) THEN 'guarded'
          WHEN similarity IS NULL THEN NULL
          WHEN reason IN ('below_entry_threshold', 'not_confirmed') THEN 'held_back'
          WHEN mode IN ('verified', 'shadow') AND (similarity < ${LEAST_JUDGED} OR score IS NULL) THEN 'held_back'
          ELSE 'bin'
        END AS place,
        CASE WHEN mode IN ('verified', 'shadow') THEN score ELSE similarity END AS measured
      FROM look_up
    ), counted AS (
      SELECT mode, place,
        CASE WHEN place = 'bin' THEN greatest(0, least(${BINS - 1}, floor(measured * ${BINS}))::int) END AS bin,
        count(*)::int AS look_ups, (count(*) FILTER (WHERE served))::int AS served,
        coalesce(sum(saved_usd) FILTER (WHERE served), 0)::text AS saved_usd,
        coalesce(sum(cost_usd) FILTER (WHERE NOT served), 0)::text AS cost_usd
      FROM placed WHERE place IS NOT NULL GROUP BY 1, 2, 3
    ), threshold AS (
      SELECT mode, threshold, count(*)::int AS look_ups, max(at) AS last_at,
        row_number() OVER (PARTITION BY mode ORDER BY count(*) DESC, max(at) DESC) AS place
      FROM placed WHERE threshold IS NOT NULL GROUP BY 1, 2
    )
    SELECT (SELECT count(*)::int FROM request) AS requests, (SELECT min(at) FROM request) AS oldest,
      (SELECT json_agg(counted) FROM counted) AS look_ups,
      (SELECT json_agg(json_build_object('mode', mode, 'threshold', threshold, 'look_ups', look_ups, 'last_at', last_at))
        FROM threshold WHERE place <= ${MAX_THRESHOLDS}) AS thresholds`;
  return { text, values: [from, to, tenant, tenantScope] };
}
