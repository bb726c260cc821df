import type { DataSource } from 'typeorm';

const DAY_MS = 86_400_000;
/**
 * Plans are sent again every hour while they serve requests (`RESEND_PLAN_MS` of the recorder), so one that was not seen since a
 * day before the oldest trace has no trace any more; the day covers rows that waited in a spool.
 */
const MARGIN_MS = DAY_MS;

/** Removes the plans whose traces are all from before `tracesFrom` (ms since the epoch); gives their number. */
export async function dropPlansBefore(dataSource: DataSource, tracesFrom: number): Promise<number> {
  const [, count]: [unknown, number] = await dataSource.query('DELETE FROM execution_plans WHERE seen_at < $1', [
    new Date(tracesFrom - MARGIN_MS),
  ]);
  return count;
}
