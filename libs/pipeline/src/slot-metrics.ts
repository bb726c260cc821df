import { Injectable } from '@nestjs/common';
import { Scheduler } from '@relay/scheduler';
import { Metrics } from '@relay/trace';

/** Lets the metrics read the scheduler's pools whenever somebody scrapes. */
@Injectable()
export class SlotMetrics {
  constructor(scheduler: Scheduler, metrics: Metrics) {
    metrics.watchSlots(() =>
      scheduler.snapshot().map(({ id, inUse, limit, waiting }) => ({
        pool: id,
        inUse,
        capacity: limit,
        waiting: waiting.short + waiting.long,
      })),
    );
  }
}
