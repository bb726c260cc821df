import { traceFigure } from './trace-figure';

/** P95 of the wait for a slot, of all requests that the cache did not answer; most wait for nothing. */
export const queueWait = traceFigure({
  ...{ unit: 'ms', threshold: 5_000, windowMs: 300_000, minRequests: 20, by: null },
  value: 'percentile_disc(0.95) WITHIN GROUP (ORDER BY queue_ms)',
  where: `cache IN ('miss', 'bypass')`,
});
