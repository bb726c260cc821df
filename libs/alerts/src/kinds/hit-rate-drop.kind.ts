import { IS_OF_A_MODEL } from '@relay/database';
import type { AlertRule } from '../domain/rule';
import type { Kind, Reading } from './kind';
import { namedSql, subjectSql } from './subject.sql';
import { type FigureRow, figureSql, toReadings } from './trace-figure';

/** Windows before the present one that it is compared with. */
const BASELINE_WINDOWS = 24;
const HOUR_MS = 3_600_000;
/** By row of usage, which has no count of the requests that went past the cache: those count as requests here and there. */
const HITS = 'hits_exact_l1 + hits_exact_l2 + hits_semantic + hits_coalesced';
const PRESENT = { value: `avg((cache NOT IN ('miss', 'bypass'))::int)`, where: `status = 'ok' AND ${IS_OF_A_MODEL}` };

/** How far the share of answered requests that the cache answered is below that of the 24 windows before: 0.2 is a fall from 50% to 30%. */
export const hitRateDrop: Kind = {
  ...{ unit: 'share', threshold: 0.2, windowMs: 3_600_000, minRequests: 100, by: null },
  async read(figures, rule, now, open): Promise<Reading[]> {
    const values: unknown[] = [new Date(now - rule.windowMs), new Date(now), ...baselineHours(rule, now)];
    const present = figureSql(rule, PRESENT, values, open);
    const subject = subjectSql(rule);
    const text = `
      WITH present AS MATERIALIZED (${present}), usual AS (
        SELECT ${subject} AS subject, sum(${HITS}) / nullif(sum(ok), 0) AS share FROM usage_hourly
        WHERE at >= $3 AND at < $4 AND ${IS_OF_A_MODEL} ${namedSql(rule, values)} GROUP BY 1
      )
      SELECT subject, (usual.share - present.value)::float8 AS value, requests FROM present LEFT JOIN usual USING (subject)`;
    return toReadings(await figures.query<FigureRow>(text, values), rule);
  },
};

/** Usage is by the hour: whole hours before the window, one at least. */
function baselineHours({ windowMs }: AlertRule, now: number): [Date, Date] {
  const begin = now - windowMs;
  const to = Math.floor(begin / HOUR_MS) * HOUR_MS;
  const from = Math.floor((begin - BASELINE_WINDOWS * windowMs) / HOUR_MS) * HOUR_MS;
  return [new Date(Math.min(from, to - HOUR_MS)), new Date(to)];
}
