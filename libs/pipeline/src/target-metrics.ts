import { Injectable } from '@nestjs/common';
import { type BreakerState, TargetMonitor } from '@relay/providers';
import { Metrics } from '@relay/trace';

/** As it is shown by the gauge. */
const STATE_VALUES = { closed: 0, 'half-open': 1, open: 2 } satisfies Record<BreakerState, number>;

/** Lets the metrics read the state of the upstream targets whenever somebody scrapes. */
@Injectable()
export class TargetMetrics {
  constructor(monitor: TargetMonitor, metrics: Metrics) {
    metrics.watchTargets(() =>
      [...monitor.figures().values()].map(({ provider, upstreamModel, breaker, opened, refused }) => ({
        provider,
        model: upstreamModel,
        state: STATE_VALUES[breaker],
        opened,
        refused,
      })),
    );
  }
}
