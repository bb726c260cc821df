import { LATENCY_LEVELS, LATENCY_QUANTILE, type CanarySums, type SideSums } from '../src/canary/domain/canary-sums';
import type { Sums } from '../src/canary/domain/sequential-test';

/** A request as the sums of a canary know it. */
export interface Request {
  readonly isCanary: boolean;
  readonly unit: string;
  readonly failed: boolean;
  readonly ms: number;
  readonly cost: number;
  readonly score: number | null;
}

/** What the database is asked for, worked out here: the sums of requests, of which those that failed have no latency and no cost. */
export function measured(requests: readonly Request[], slower: number): CanarySums {
  const [canary, inForce] = [requests.filter(({ isCanary }) => isCanary), requests.filter(({ isCanary }) => !isCanary)];
  const p95 = quantile(answered(inForce), LATENCY_QUANTILE);
  return { canary: sideOf(canary, p95 * (1 + slower)), inForce: sideOf(inForce, p95) };
}

const answered = (requests: readonly Request[]): number[] =>
  requests.flatMap(({ failed, ms }) => (failed ? [] : [ms])).sort((a, b) => a - b);

/** As `percentile_cont` of PostgreSQL has it. */
function quantile(sorted: readonly number[], level: number): number {
  const place = level * (sorted.length - 1);
  const [low = 0, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}

function sideOf(requests: readonly Request[], limitMs: number): SideSums {
  const latencies = answered(requests);
  const sums = (of: (request: Request) => number | null): Sums => sumsOf(requests, of);
  return {
    requests: requests.length,
    units: new Set(requests.map(({ unit }) => unit)).size,
    latenciesMs: latencies.length > 0 ? LATENCY_LEVELS.map((level) => quantile(latencies, Math.min(1, level))) : null,
    failed: sums(({ failed }) => Number(failed)),
    slow: sums(({ failed, ms }) => (failed ? null : Number(ms > limitMs))),
    cost: sums(({ failed, cost }) => (failed ? null : cost)),
    score: sums(({ score }) => score),
  };
}

function sumsOf(requests: readonly Request[], of: (request: Request) => number | null): Sums {
  const units = new Map<string, { n: number; s: number }>();
  let squares = 0;
  for (const request of requests) {
    const value = of(request);
    if (value === null) continue;
    const unit = units.get(request.unit) ?? { n: 0, s: 0 };
    units.set(request.unit, { n: unit.n + 1, s: unit.s + value });
    squares += value * value;
  }
  const over = (value: (unit: { n: number; s: number }) => number): number =>
    [...units.values()].reduce((sum, unit) => sum + value(unit), 0);
  return {
    ...{ requests: over(({ n }) => n), total: over(({ s }) => s), squares, units: units.size },
    unitRequestSquares: over(({ n }) => n * n),
    unitTotalSquares: over(({ s }) => s * s),
    unitProducts: over(({ n, s }) => n * s),
  };
}
