import { Injectable } from '@nestjs/common';
import { BackgroundStore, Leases, ResponseKeeper } from '@relay/responses';
import { Metrics } from '@relay/trace';

/** Lets the metrics read what became of responses that were to be kept, and of those that nobody waits for. */
@Injectable()
export class ResponsesMetrics {
  constructor(metrics: Metrics, keeper: ResponseKeeper, background: BackgroundStore, leases: Leases) {
    metrics.watch([
      {
        name: 'relay_responses_kept_total',
        help: 'Answers that were to be kept, by what became of that',
        ...{ type: 'counter', label: 'outcome', read: () => ({ ...keeper.stats() }) },
      },
      {
        name: 'relay_background_responses_total',
        help: 'Responses in the background that ended, by how they did',
        ...{ type: 'counter', label: 'status', read: () => ({ ...background.stats() }) },
      },
      {
        name: 'relay_background_responses_running',
        help: 'Responses in the background that this process makes',
        ...{ type: 'gauge', read: () => ({ '': leases.count }) },
      },
    ]);
  }
}
