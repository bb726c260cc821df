import type { WatchedFamily } from '../metrics/watched-family';
import type { TraceFeed } from './trace-feed';

/** How the way to the collector fares. */
export const telemetryMetrics = (feed: TraceFeed): WatchedFamily[] => [
  {
    name: 'relay_otlp_traces_total',
    help: 'Requests whose spans were to be sent to the collector, by what became of them',
    ...{ type: 'counter', label: 'outcome', read: () => ({ ...feed.outcomes }) },
  },
  {
    name: 'relay_otlp_queued',
    help: 'Requests whose spans wait for the collector',
    ...{ type: 'gauge', read: () => ({ '': feed.queued }) },
  },
];
