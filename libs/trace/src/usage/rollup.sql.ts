import { countedTracesSql } from './counted-traces.sql';
import { entriesSql, entrySql } from './latency-sketch';
import { ADDED, dimensionsOf, type Grain, MEASURES, SKETCHES, tableOf } from './usage-columns';

const columnsOf = (tagged: boolean): string => ['at', ...dimensionsOf(tagged), ...MEASURES].join(', ');

/** An hour ($1) anew from its traces. */
export function countHourSql(tagged: boolean): string {
  const table = tableOf('hourly', tagged);
  const columns = columnsOf(tagged);
  return `
    INSERT INTO ${table} (${columns})
    SELECT ${columns} FROM (${countedTracesSql(tagged, '$1::timestamptz', `$1::timestamptz + interval '1 hour'`)}) AS counted`;
}

/** A day ($1, its midnight in UTC) from its hours: 24 of them, since a day of the server's own time zone may have 23 or 25. Sketches are unpacked and packed again, so that a bucket comes once. */
export function sumDaySql(tagged: boolean): string {
  const dimensions = dimensionsOf(tagged);
  const joined = SKETCHES.map((name) => `string_agg(${name}, ''::bytea) AS ${name}`).join(', ');
  return `
    INSERT INTO ${tableOf('daily', tagged)} (${columnsOf(tagged)})
    SELECT $1::timestamptz, ${dimensions.join(', ')}, ${ADDED.join(', ')}, ${SKETCHES.map(repackSql).join(', ')}
    FROM (
      SELECT ${dimensions.join(', ')}, ${ADDED.map((name) => `sum(${name}) AS ${name}`).join(', ')}, ${joined}
      FROM ${tableOf('hourly', tagged)} WHERE at >= $1::timestamptz AND at < $1::timestamptz + interval '24 hours'
      GROUP BY ${dimensions.join(', ')}
    ) AS day`;
}

/** SQL: a sketch of rows `day`, unpacked and packed again. */
export const repackSql = (sketch: string): string => `coalesce((
      SELECT string_agg(${entrySql('bucket', 'total')}, ''::bytea) FROM (
        SELECT bucket, sum(count) AS total FROM (${entriesSql(`day.${sketch}`)}) AS entry GROUP BY bucket
      ) AS packed), ''::bytea)`;

export const clearSql = (grain: Grain, tagged: boolean): string =>
  `DELETE FROM ${tableOf(grain, tagged)} WHERE at >= $1::timestamptz AND at < $1::timestamptz + interval '${grain === 'hourly' ? 1 : 24} hours'`;

/** Hours of a day ($1) whose usage holds another number of requests than there are traces: their mark was lost. */
export const TOUCH_MISCOUNTED = `
  INSERT INTO usage_touched (hour)
  SELECT hour FROM (
    SELECT date_trunc('hour', at, 'UTC') AS hour, count(*) AS traces FROM request_traces
    WHERE at >= $1::timestamptz AND at < $1::timestamptz + interval '24 hours' GROUP BY 1
  ) AS stored FULL JOIN (
    SELECT at AS hour, sum(requests) AS requests FROM usage_hourly
    WHERE at >= $1::timestamptz AND at < $1::timestamptz + interval '24 hours' GROUP BY 1
  ) AS counted USING (hour)
  WHERE coalesce(traces, 0) <> coalesce(requests, 0)
  RETURNING hour`;
