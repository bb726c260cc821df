import { IS_OF_A_MODEL } from '@relay/database';
import { traceFigure } from './trace-figure';

/** P95 of the time until the last byte, of requests that were answered. */
export const latencyP95 = traceFigure({
  ...{ unit: 'ms', threshold: 60_000, windowMs: 600_000, minRequests: 50, by: null },
  value: 'percentile_disc(0.95) WITHIN GROUP (ORDER BY total_ms)',
  where: `status = 'ok' AND ${IS_OF_A_MODEL}`,
});
