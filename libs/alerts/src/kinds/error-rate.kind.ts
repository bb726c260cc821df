import { traceFigure } from './trace-figure';

/** Share of requests that failed. Refusals of the relay and clients that left are neither failures nor successes. */
export const errorRate = traceFigure({
  ...{ unit: 'share', threshold: 0.05, windowMs: 300_000, minRequests: 20, by: null },
  value: `avg((status = 'error')::int)`,
  where: `status IN ('ok', 'error')`,
});
