import type { CanaryFigure, CanarySide } from '@relay/contracts';
import { LATENCY_LEVELS, LATENCY_QUANTILE, type SideSums } from './canary-sums';
import { estimate, halfWidth, type Sums } from './sequential-test';

const USD_DIGITS = 9; // a billionth of a dollar

/** The figures of a side as people see them, each with the interval that holds at every look. */
export function describeSide(side: SideSums, alpha: number): CanarySide {
  const { failed, cost, score } = side;
  const usd = around(cost, false, alpha, 0.3 * (cost.total / cost.requests), [0, Infinity]);
  return {
    requests: side.requests,
    units: side.units,
    errorRate: around(failed, true, alpha, 0.03, [0, 1]),
    p95Ms: latency(side, alpha),
    costUsd: usd && {
      value: usd.value.toFixed(USD_DIGITS),
      low: usd.low.toFixed(USD_DIGITS),
      high: usd.high.toFixed(USD_DIGITS),
    },
    quality: around(score, false, alpha, 0.3, [-1, 1]),
    rated: score.requests,
  };
}

function around(
  sums: Sums,
  isYesOrNo: boolean,
  alpha: number,
  scale: number,
  [least, most]: readonly [number, number],
): CanaryFigure {
  if (sums.requests === 0) return null;
  const { mean, variance } = estimate(sums, isYesOrNo);
  const half = halfWidth(variance, scale, alpha);
  return { value: mean, low: Math.max(least, mean - half), high: Math.min(most, mean + half) };
}

/** The quantiles between which the P95 is: how sure its place among the requests is, not their durations. */
function latency({ slow, latenciesMs }: SideSums, alpha: number): CanaryFigure {
  if (latenciesMs === null || slow.requests === 0) return null;
  const variance = (LATENCY_QUANTILE * (1 - LATENCY_QUANTILE)) / slow.requests;
  const half = halfWidth(variance, 0.05, alpha);
  const at = (level: number): number => quantile(latenciesMs, level);
  return { value: at(LATENCY_QUANTILE), low: at(LATENCY_QUANTILE - half), high: at(LATENCY_QUANTILE + half) };
}

/** The nearest of the quantiles that were read. */
function quantile(latenciesMs: readonly number[], level: number): number {
  const [first = 0, second = 1] = LATENCY_LEVELS;
  const place = Math.round((level - first) / (second - first));
  return latenciesMs[Math.min(latenciesMs.length - 1, Math.max(0, place))] ?? 0;
}
