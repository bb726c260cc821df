import type { BenchOptions } from '../options';
import type { Phase } from './scenario';

const closedLoop = (connections: number): Phase => ({
  name: `closed loop, ${connections} connections`,
  arrivals: { kind: 'closed', connections },
});

const openLoop = (ratePerSecond: number): Phase => ({
  name: `open loop, ${ratePerSecond} requests/s (Poisson)`,
  arrivals: { kind: 'open', ratePerSecond, spacing: 'poisson' },
});

/**
 * A closed loop for CPU per request and throughput, then an open loop for latency at the same load for everyone.
 * `--rate` alone asks for the open loop only, `--connections` alone for the closed loop only.
 */
export function phases(options: BenchOptions, connections: number, ratePerSecond: number | null): Phase[] {
  const both = options.rate === null && options.connections === null;
  const chosen: Phase[] = [];
  if (both || options.connections !== null) chosen.push(closedLoop(options.connections ?? connections));
  const rate = options.rate ?? (both ? ratePerSecond : null);
  if (rate !== null) chosen.push(openLoop(rate));
  return chosen;
}
