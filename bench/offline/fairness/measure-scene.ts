import type { DispatcherFactory } from '../simulator/dispatcher';
import { IdleMeter } from '../simulator/idle-meter';
import { JainWindows } from '../simulator/jain';
import { quantile } from '../simulator/quantile';
import { ServiceGap } from '../simulator/service-gap';
import { ServiceMeter } from '../simulator/service-meter';
import { simulate } from '../simulator/simulate';
import type { Scene } from './scenes';

/** Long enough that one request more or less is small beside what a tenant gets, ms. */
const WINDOW_MS = 300_000;
/** Requests of which the worst wait is told: real cost in tokens from the relay's threshold on. */
const LONG_COST_TOKENS = 4_000;

export interface SceneFigures {
  readonly gap: number; // weighted tokens over weight
  readonly bound: number;
  readonly jain: number; // mean over windows; NaN: no two tenants waited all through one
  readonly worstJain: number;
  readonly waitP99Ms: number;
  readonly longWorstWaitMs: number;
  readonly idleSlotSeconds: number;
  readonly utilisation: number;
}

export async function measureScene({ calls, slots }: Scene, dispatcher: DispatcherFactory): Promise<SceneFigures> {
  const [gap, jain, idle] = [new ServiceGap(), new JainWindows(WINDOW_MS), new IdleMeter(slots)];
  const tenants = [...new Set(calls.map(({ tenant }) => tenant))];
  const meter = new ServiceMeter(tenants, [gap.listen, jain.listen]);
  const outcomes = await simulate({ calls, slots, dispatcher, observers: [meter, idle] });
  const served = outcomes.map(({ call, startedMs, atMs }) => ({ call, waitMs: (startedMs ?? NaN) - atMs }));
  const long = served.filter(({ call }) => call.input + 2 * call.output >= LONG_COST_TOKENS);
  return {
    gap: gap.value,
    bound: meter.bound(Math.min(...calls.map(({ weight }) => weight))),
    jain: jain.indexes.reduce((sum, index) => sum + index, 0) / jain.indexes.length,
    worstJain: jain.indexes.length === 0 ? NaN : Math.min(...jain.indexes),
    waitP99Ms: quantile(
      served.map(({ waitMs }) => waitMs),
      0.99,
    ),
    longWorstWaitMs: long.reduce((worst, { waitMs }) => Math.max(worst, waitMs), 0),
    idleSlotSeconds: idle.idleSlotSeconds,
    utilisation: idle.utilisation,
  };
}
