import type { UsageRollups } from '@relay/trace';
import type { DataSource } from 'typeorm';

/** Counts every hour that has traces, as the worker does once they are stored; gives the number of hours. */
export async function countAll(dataSource: DataSource, usage: UsageRollups): Promise<number> {
  await dataSource.query(`INSERT INTO usage_touched SELECT DISTINCT date_trunc('hour', at, 'UTC') FROM request_traces`);
  let hours = 0;
  for (;;) {
    const round = await usage.run(); // ends after a while; the next one goes on
    hours += round.hours;
    if (round.hours === 0 && round.days === 0) break;
  }
  for (const table of ['hourly', 'daily', 'tags_hourly', 'tags_daily', 'margins_hourly', 'margins_daily'])
    await dataSource.query(`ANALYZE usage_${table}`);
  return hours;
}
