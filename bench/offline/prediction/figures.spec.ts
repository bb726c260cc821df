import { figuresOf, recovery } from './figures';
import type { Call } from './replay';

/** A call a second, predicted to take 1 s and 2 s at most. */
const call = (second: number, serviceMs: number): Call => ({
  arrival: { atMs: second * 1_000, source: 'x', inputTokens: 1, outputTokens: 1 },
  predicted: {
    ...{ ttftMs: null, tpotMs: null, outputTokens: null, serviceMs: { p50: 1_000, p90: 2_000 } },
    ...{ basis: 'size', samples: 50 },
  },
  sample: { ttftMs: null, outputTokens: 1, serviceMs },
});

it('coverage is the share at or below, and the error sums distances from the middle', () => {
  const calls = [500, 1_000, 2_000, 4_500].map((ms, i) => call(i, ms));
  expect(figuresOf(calls, 'service')).toEqual({ calls: 4, p50: 0.5, p90: 0.75, error: 5_000 / 8_000 });
  expect(figuresOf(calls, 'ttft').calls).toBe(0);
});

it('coverage is back when enough of the latest 100 calls are covered', () => {
  const calls = Array.from({ length: 300 }, (_, i) => call(i, i >= 100 && i < 150 ? 9_000 : 500));
  expect(recovery(calls, 100_000, 0.85)).toEqual({ calls: 135, ms: 134_000 });
  expect(recovery(calls, 250_000, 0.85)).toBeNull();
});
