import type { Sums } from './sequential-test';

/** What is added up of the requests of a side. `slow`: yes or no, above the P95 in force, of the canary with what it is allowed. */
export const MEASURES = ['failed', 'slow', 'cost', 'score'] as const;
export type Measure = (typeof MEASURES)[number];

/** The quantile that is guarded. */
export const LATENCY_QUANTILE = 0.95;
/** The quantiles of latency that are read, for the interval around the one that is guarded. */
export const LATENCY_LEVELS: readonly number[] = Array.from({ length: 41 }, (_value, i) => 0.8 + i * 0.005);

export interface SideSums extends Readonly<Record<Measure, Sums>> {
  readonly requests: number;
  readonly units: number;
  readonly latenciesMs: readonly number[] | null; // by LATENCY_LEVELS; null: nobody was answered by a provider
}

export interface CanarySums {
  readonly canary: SideSums;
  readonly inForce: SideSums;
}

export const NO_SUMS: Sums = {
  ...{ requests: 0, total: 0, squares: 0, units: 0 },
  ...{ unitRequestSquares: 0, unitTotalSquares: 0, unitProducts: 0 },
};

export const NO_REQUESTS: SideSums = {
  ...{ requests: 0, units: 0, latenciesMs: null },
  ...{ failed: NO_SUMS, slow: NO_SUMS, cost: NO_SUMS, score: NO_SUMS },
};
