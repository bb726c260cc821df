import { traceFigure } from './trace-figure';

/** Windows before the present one that it is compared with. */
const BASELINE_WINDOWS = 24;

/** How far the share of requests that the cache answered is below that of the 24 windows before: 0.2 is a fall from 50% to 30%. */
export const hitRateDrop = traceFigure({
  ...{ unit: 'share', threshold: 0.2, windowMs: 3_600_000, minRequests: 100, by: null },
  value: `avg((cache <> 'miss')::int) FILTER (WHERE at < $1) - avg((cache <> 'miss')::int) FILTER (WHERE at >= $1)`,
  where: `status = 'ok' AND cache <> 'bypass'`,
  baseline: BASELINE_WINDOWS,
});
