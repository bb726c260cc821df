import type { Measurement } from '../runner/measurement';
import type { ScenarioPlan } from '../scenarios/scenario';
import { median } from '../stats/statistics';

/** Failed or otherwise served requests above this share make the figures worthless. */
const MAX_STRAY_SHARE = 0.001;
/** A server on one core that is busier than this in a closed loop is what limits the throughput. */
const SATURATED_CORES = 0.85;
/** Cores that others may use before the figures are doubtful; the relay's database alone takes about 0.2. */
const MAX_OTHER_CORES = 0.4;

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** What a group of measurements was to be. */
export interface Intent {
  /** Value of x-relay-cache of all replies; null: whatever. */
  readonly expectedCache: string | null;
  /** The server was given as much as it can take. */
  readonly saturated: boolean;
}

/** Why the figures of a run may not mean what they seem to; empty when nothing speaks against them. */
export function warningsOf(plan: ScenarioPlan, measurements: readonly Measurement[]): string[] {
  const { expectedCache, upstream } = plan;
  const paced = (upstream.gap ?? 0) > 0 || (upstream.latency ?? 0) > 0;
  const found: string[] = [];
  for (const phase of plan.phases) {
    const saturated = phase.arrivals.kind === 'closed' && !paced;
    for (const { label } of plan.contenders) {
      const mine = measurements.filter((one) => one.phase === phase.name && one.label === label);
      found.push(...warningsAbout(`${label}, ${phase.name}`, mine, { expectedCache, saturated }));
    }
  }
  return found;
}

/** The same for measurements of one subject under one load. */
export function warningsAbout(about: string, mine: readonly Measurement[], intent: Intent): string[] {
  const causes = [errors(mine), cache(mine, intent), limit(mine, intent), disturbance(mine)];
  return causes.filter((cause) => cause !== null).map((cause) => `${about}: ${cause}`);
}

function errors(mine: readonly Measurement[]): string | null {
  const failed = mine.reduce((sum, { load }) => sum + total(load.errors), 0);
  const sent = mine.reduce((sum, { load }) => sum + load.requests, 0);
  if (failed <= sent * MAX_STRAY_SHARE) return null;
  return `${failed} of ${sent} requests failed, e.g. ${JSON.stringify(mine.find(({ load }) => total(load.errors) > 0)?.load.errors)}`;
}

function cache(mine: readonly Measurement[], { expectedCache }: Intent): string | null {
  if (expectedCache === null) return null;
  const stray = mine.find(({ load }) => {
    const served = total(load.cacheResults);
    return served - (load.cacheResults[expectedCache] ?? 0) > served * MAX_STRAY_SHARE;
  });
  return stray ? `expected x-relay-cache ${expectedCache} only, got ${JSON.stringify(stray.load.cacheResults)}` : null;
}

function limit(mine: readonly Measurement[], { saturated }: Intent): string | null {
  const busy = median(mine.map((one) => one.busyCores));
  if (!saturated || busy >= SATURATED_CORES) return null;
  return `the server was busy for ${busy.toFixed(2)} of its core only: requests/s show the harness's limit or a disturbed core`;
}

function disturbance(mine: readonly Measurement[]): string | null {
  const others = median(mine.map((one) => one.otherCores));
  return others > MAX_OTHER_CORES
    ? `other processes used ${others.toFixed(2)} cores meanwhile: trust ratios at most`
    : null;
}
