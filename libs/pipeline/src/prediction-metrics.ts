import { Injectable } from '@nestjs/common';
import { CALIBRATED, Predictions } from '@relay/scheduler';
import { Metrics } from '@relay/trace';

/** Lets the metrics read how well predictions of this process hold whenever somebody scrapes. */
@Injectable()
export class PredictionMetrics {
  constructor(
    metrics: Metrics,
    private readonly predictions: Predictions,
  ) {
    metrics.watch([
      {
        name: 'relay_prediction_coverage',
        help: 'Share of the last 1,000 to 2,000 calls that stayed at or below the predicted quantile',
        type: 'gauge',
        label: ['quantity', 'quantile'],
        read: () => this.coverage(),
      },
      {
        name: 'relay_prediction_error',
        help: 'Distance of what came from the predicted P50 over what came, as sums of the same calls',
        type: 'gauge',
        label: 'quantity',
        read: () => this.errors(),
      },
      {
        name: 'relay_prediction_calls_total',
        help: 'Calls whose prediction was compared with what came',
        type: 'counter',
        label: 'quantity',
        read: () => Object.fromEntries(CALIBRATED.map((of) => [of, this.predictions.calibration.calls(of)])),
      },
    ]);
  }

  private coverage(): Record<string, number> {
    const shares: Record<string, number> = {};
    for (const quantity of CALIBRATED) {
      const figures = this.predictions.calibration.figures(quantity);
      if (!figures) continue;
      shares[`${quantity} 0.5`] = figures.p50;
      shares[`${quantity} 0.9`] = figures.p90;
    }
    return shares;
  }

  private errors(): Record<string, number> {
    const errors: Record<string, number> = {};
    for (const quantity of CALIBRATED) {
      const figures = this.predictions.calibration.figures(quantity);
      if (figures) errors[quantity] = figures.error;
    }
    return errors;
  }
}
