import { Predictions } from '@relay/scheduler';
import { FakeClock } from '@relay/testing';
import { Metrics } from '@relay/trace';
import { PredictionMetrics } from './prediction-metrics';

const QUESTION = { target: 'a up-a', task: '', inputTokens: 100, maxTokens: null };

it('metrics tell how well predictions hold, and nothing of quantities that were never predicted', async () => {
  const metrics = new Metrics();
  const predictions = new Predictions({} as ConstructorParameters<typeof Predictions>[0], new FakeClock());
  new PredictionMetrics(metrics, predictions);
  const predicted = {
    ...predictions.predict(QUESTION),
    serviceMs: { p50: 1_000, p90: 2_000 },
  };
  for (const serviceMs of [500, 1_500, 2_000, 4_000]) {
    predictions.observe(QUESTION, { ttftMs: null, outputTokens: 10, serviceMs }, predicted);
  }
  const text = await metrics.render();
  expect(text).toContain('relay_prediction_coverage{quantity="service",quantile="0.5"} 0.25');
  expect(text).toContain('relay_prediction_coverage{quantity="service",quantile="0.9"} 0.75');
  expect(text).toContain('relay_prediction_error{quantity="service"} 0.625');
  expect(text).toContain('relay_prediction_calls_total{quantity="service"} 4');
  expect(text).not.toContain('relay_prediction_coverage{quantity="ttft"');
});
