import { traceFigure } from './trace-figure';

/** P95 of the time to the first token, of streams that were answered. */
export const ttftP95 = traceFigure({
  ...{ unit: 'ms', threshold: 10_000, windowMs: 600_000, minRequests: 50, by: null },
  value: 'percentile_disc(0.95) WITHIN GROUP (ORDER BY ttft_ms)',
  where: `status = 'ok' AND ttft_ms IS NOT NULL`,
});
