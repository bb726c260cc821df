import type { Measurement } from '../runner/measurement';
import type { ScenarioRun } from '../runner/run-scenario';
import { warningsOf } from './warnings';
import { median, pairedRatios, spread, type Spread } from '../stats/statistics';

/** Medians over the rounds of one subject in one phase. */
export interface Row {
  readonly phase: string;
  readonly label: string;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly firstByteP50Ms: number;
  readonly cpuUs: number;
  readonly mainCpuUs: number;
  readonly busyCores: number;
  readonly otherCores: number;
  readonly rssMb: number;
  readonly requests: number;
  readonly errors: number;
}

/** CPU per request of one subject over the baseline's, round by round. */
export interface Ratio {
  readonly phase: string;
  readonly label: string;
  readonly baseline: string;
  readonly cpu: Spread;
  readonly goal: number | null;
}

export interface Summary {
  readonly ceilings: readonly Row[];
  readonly rows: readonly Row[];
  readonly ratios: readonly Ratio[];
  /** Why the figures may not mean what they seem to. */
  readonly warnings: readonly string[];
}

export function summarise(run: ScenarioRun): Summary {
  const { plan, measurements } = run;
  const rows: Row[] = [];
  const ratios: Ratio[] = [];
  for (const [index, phase] of plan.phases.entries()) {
    const of = (label: string): Measurement[] =>
      measurements.filter((one) => one.phase === phase.name && one.label === label);
    const baseline = of(plan.baseline).map((one) => one.cpuUsPerRequest);
    for (const { label } of plan.contenders) {
      const mine = of(label);
      rows.push(row(phase.name, label, mine));
      if (label === plan.baseline) continue;
      const cpu = spread(
        pairedRatios(
          mine.map((one) => one.cpuUsPerRequest),
          baseline,
        ),
      );
      const goal = index === 0 && plan.goal?.label === label ? plan.goal.cpuRatio : null;
      ratios.push({ phase: phase.name, label, baseline: plan.baseline, cpu, goal });
    }
  }
  const ceilings = run.ceilings.map((one) => row(one.phase, one.label, [one]));
  return { ceilings, rows, ratios, warnings: warningsOf(plan, measurements) };
}

/** Medians over measurements of one subject; RSS the maximum. */
export function row(phase: string, label: string, measurements: readonly Measurement[]): Row {
  const middle = (pick: (one: Measurement) => number | null): number =>
    median(measurements.map((one) => pick(one) ?? Number.NaN));
  const sum = (pick: (one: Measurement) => number): number => measurements.reduce((total, one) => total + pick(one), 0);
  return {
    phase,
    label,
    requestsPerSecond: middle((one) => one.load.requestsPerSecond),
    p50Ms: middle((one) => one.load.latencyMs.p50),
    p99Ms: middle((one) => one.load.latencyMs.p99),
    firstByteP50Ms: middle((one) => one.load.firstByteMs.p50),
    cpuUs: middle((one) => one.cpuUsPerRequest),
    mainCpuUs: middle((one) => one.mainCpuUsPerRequest),
    busyCores: middle((one) => one.busyCores),
    otherCores: middle((one) => one.otherCores),
    rssMb: Math.max(...measurements.map((one) => one.rssMb)),
    requests: sum((one) => one.load.requests),
    errors: sum((one) => errorCount(one)),
  };
}

const errorCount = (one: Measurement): number =>
  Object.values(one.load.errors).reduce((total, count) => total + count, 0);
