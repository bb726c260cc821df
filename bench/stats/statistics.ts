/** The middle of the values (mean of the two middle ones when their count is even); NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * Ratios of neighbours: round i of one subject over round i of the other. Rounds alternate, so what slows the whole machine for a
 * while slows both neighbours and drops out of the ratio.
 */
export function pairedRatios(values: readonly number[], baseline: readonly number[]): number[] {
  const pairs = Math.min(values.length, baseline.length);
  return Array.from({ length: pairs }, (_, i) => (values[i] ?? Number.NaN) / (baseline[i] ?? Number.NaN));
}
