import type { SqlQuery } from '../persistence/sql-query';
import { EVALUATED, type EvaluationQuestion, valuesOf } from './evaluated-requests.sql';
import { firstKeySql, namedSql } from './group-keys.sql';

/** A trace id tells its time (UUID version 7): the rows of those that were judged are looked up one by one. */
const TIME_OF_TRACE = `to_timestamp(('x' || translate(left(feedback.trace_id::text, 13), '-', ''))::bit(48)::bigint / 1000.0)`;

/** Users are told apart within their tenant. Who is not named may be anybody: a verdict without a user is a voice of its own. */
const VOICE = `coalesce(feedback.tenant || chr(10) || feedback.user_name, feedback.trace_id::text || feedback.key_id)`;

const SUMS = `count(*) AS voices, sum(n) AS count, sum(s) AS sum, sum(n * n) AS count_squares, sum(s * s) AS sum_squares,
      sum(n * s) AS products`;

/**
 * What was said of answers of the same requests, each verdict as 0 to 1: a row of all (`total`), and one of each group. An answer from the
 * cache was judged as that of the request that produced it.
 */
export function verdictSumsSql(question: EvaluationQuestion): SqlQuery {
  const text = `
    WITH said AS MATERIALIZED (
      SELECT ${firstKeySql(question.by)} AS key, ${VOICE} AS voice, (feedback.score::float8 + 1) / 2 AS share
      FROM feedback JOIN request_traces trace ON trace.at = ${TIME_OF_TRACE} AND trace.id = feedback.trace_id
      WHERE feedback.trace_id >= $6::uuid AND feedback.trace_id < $7::uuid AND feedback.tenant = trace.tenant AND ${EVALUATED}
    ), spoken AS (
      SELECT true AS total, NULL::text AS key, count(*)::float8 AS n, sum(share) AS s FROM said GROUP BY voice
      UNION ALL
      SELECT false, key, count(*)::float8, sum(share) FROM (${namedSql(question.by, 'said', 'voice, share')}) AS named
      WHERE $5::text[] IS NULL OR key = ANY ($5::text[]) GROUP BY key, voice
    )
    SELECT total, key, ${SUMS} FROM spoken GROUP BY total, key`;
  return { text, values: [...valuesOf(question), leastIdOf(question.from), leastIdOf(question.to)] };
}

const TIME_DIGITS = 12;

/** Ids of traces of that time and later are not less. */
function leastIdOf(time: Date): string {
  const hex = time.getTime().toString(16).padStart(TIME_DIGITS, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
