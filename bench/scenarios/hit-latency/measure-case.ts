import type { Arrivals } from '../../load/protocol';
import type { BenchOptions } from '../../options';
import type { Measurement } from '../../runner/measurement';
import { median } from '../../stats/statistics';
import type { RunningSubject } from '../../subjects/subject';
import type { FilledCache, HitCase, Stage } from './hit-case';

const SHARE_OF_SATURATION = 0.7;

export interface CaseMeasurements {
  /** The relay alone, as fast as it can. */
  readonly saturated: readonly Measurement[];
  /** Relay and reference in turn, at 70% of that. */
  readonly loaded: readonly Measurement[];
  /** The mock without a gateway, at the same load, once. */
  readonly bare: Measurement;
}

/** Servers that pass each request on. */
export type Passers = Readonly<Record<'reference' | 'direct', RunningSubject>>;

/**
 * Finds in a closed loop how many such hits the relay can give, then asks for 70% of it in an open loop; the reference and the bare
 * mock are asked as often, for misses.
 */
export async function measureCase(
  { title, connections }: HitCase,
  { relay, workload }: FilledCache,
  passers: Passers,
  options: BenchOptions,
  { rig, say }: Stage,
): Promise<CaseMeasurements> {
  const { rounds, seconds, warmup } = options;
  const subjects = { relay, ...passers };
  const measure = async (
    label: keyof typeof subjects,
    phase: string,
    round: number,
    arrivals: Arrivals,
  ): Promise<Measurement> => {
    const usage = await rig.measure(subjects[label], { workload, arrivals, seconds });
    say(`${title}, ${phase}, round ${round}: ${label} P99 ${usage.load.latencyMs.p99?.toFixed(2) ?? '-'} ms`);
    return { phase, round, label, ...usage };
  };

  const closed: Arrivals = { kind: 'closed', connections: options.connections ?? connections };
  if (warmup > 0)
    for (const label of ['relay', 'reference'] as const)
      await rig.run(subjects[label], { workload, arrivals: closed, seconds: warmup });
  const saturated: Measurement[] = [];
  for (let round = 1; round <= rounds; round++)
    saturated.push(await measure('relay', `closed loop, ${closed.connections} connections`, round, closed));

  const saturation = median(saturated.map(({ load }) => load.requestsPerSecond));
  const ratePerSecond = options.rate ?? Math.max(1, Math.round(saturation * SHARE_OF_SATURATION));
  const open: Arrivals = { kind: 'open', ratePerSecond, spacing: 'poisson' };
  const phase = `open loop, ${ratePerSecond} requests/s (Poisson)`;
  const loaded: Measurement[] = [];
  for (let round = 1; round <= rounds; round++)
    for (const label of ['relay', 'reference'] as const) loaded.push(await measure(label, phase, round, open));
  return { saturated, loaded, bare: await measure('direct', phase, 0, open) };
}
