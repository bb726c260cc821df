import { traceFigure } from './trace-figure';

/** What requests of the window cost, as USD an hour. */
export const spendRate = traceFigure({
  ...{ unit: 'usd-per-hour', threshold: 100, windowMs: 3_600_000, minRequests: 1, by: null },
  value: 'sum(cost_usd) * 3600 / extract(epoch FROM $2::timestamptz - $1::timestamptz)',
  where: 'cost_usd > 0',
});
