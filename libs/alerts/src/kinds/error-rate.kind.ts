import { IS_OF_A_MODEL } from '@relay/database';
import { traceFigure } from './trace-figure';

/** Share of requests that failed: a provider did, or the relay could not serve them. Refusals (limits, overload) and clients that left are neither failures nor successes. */
export const errorRate = traceFigure({
  ...{ unit: 'share', threshold: 0.05, windowMs: 300_000, minRequests: 20, by: null },
  value: `avg((status <> 'ok')::int)`,
  where: `(status IN ('ok', 'error') AND ${IS_OF_A_MODEL} OR http_status >= 500)`,
});
