import type { DataSource } from 'typeorm';

const DAY_MS = 86_400_000;
/**
 * Plans are sent again every hour while they serve requests (`RESEND_PLAN_MS` of the recorder), so one that was not seen since a
 * day before the oldest trace has no trace any more; the day covers rows that waited in a spool.
 */
const MARGIN_MS = DAY_MS;

/** Plans that a batch of traces has locked to mark them as seen are left: to wait for them might be for each other. */
const DROP_PLANS = `
  DELETE FROM execution_plans WHERE id IN (SELECT id FROM execution_plans WHERE seen_at < $1 FOR UPDATE SKIP LOCKED)`;

/** Removes the plans whose traces are all from before `tracesFrom` (ms since the epoch); gives their number. */
export async function dropPlansBefore(dataSource: DataSource, tracesFrom: number): Promise<number> {
  const [, count]: [unknown, number] = await dataSource.query(DROP_PLANS, [new Date(tracesFrom - MARGIN_MS)]);
  return count;
}
