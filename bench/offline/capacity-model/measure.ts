import { predictedWait, type Load, type Wait } from '@relay/capacity';
import type { DispatcherFactory } from '../simulator/dispatcher';
import { quantile } from '../simulator/quantile';
import { steadyPace } from '../simulator/service-model';
import type { SimCall } from '../simulator/sim-call';
import { simulate } from '../simulator/simulate';
import type { Scene } from './workloads';

const MINUTE_MS = 60_000;
/** Share of the calls at the beginning that are left out: the pool starts empty. */
const WARM_UP = 0.1;

export interface Comparison {
  readonly scene: Omit<Scene, 'calls'>;
  readonly load: Load; // as the report would take it from traces
  readonly predicted: Wait | null;
  readonly simulated: Wait;
}

/** The model is given what traces tell of the calls, as for a report; the simulator serves them. */
export async function compare({ calls, ...scene }: Scene, dispatcher: DispatcherFactory): Promise<Comparison> {
  const load = loadOf(calls, scene.slots);
  const outcomes = await simulate({ calls, slots: scene.slots, dispatcher, service: steadyPace });
  const from = spanMs(calls) * WARM_UP;
  const waits = outcomes
    .filter(({ atMs, startedMs }) => startedMs !== null && atMs >= from)
    .map(({ atMs, startedMs }) => (startedMs ?? atMs) - atMs);
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  return { scene, load, predicted: predictedWait(load), simulated: { mean, p90: quantile(waits, 0.9) } };
}

function loadOf(calls: readonly SimCall[], slots: number): Load {
  const services = calls.map((call) => steadyPace(call, 1).totalMs);
  const serviceMs = services.reduce((sum, ms) => sum + ms, 0) / services.length;
  const variance = services.reduce((sum, ms) => sum + (ms - serviceMs) ** 2, 0) / services.length;
  return {
    requestsPerSecond: (calls.length * 1_000) / spanMs(calls),
    serviceMs,
    serviceCv: Math.sqrt(variance) / serviceMs,
    dispersion: dispersionOf(calls),
    slots,
  };
}

/** Variance over mean of the calls of a minute. */
function dispersionOf(calls: readonly SimCall[]): number {
  const minutes = new Array<number>(Math.floor(spanMs(calls) / MINUTE_MS)).fill(0);
  for (const { atMs } of calls) {
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute < minutes.length) minutes[minute] = (minutes[minute] ?? 0) + 1;
  }
  const mean = minutes.reduce((sum, count) => sum + count, 0) / minutes.length;
  const variance = minutes.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (minutes.length - 1);
  return variance / mean;
}

const spanMs = (calls: readonly SimCall[]): number => calls.reduce((last, { atMs }) => Math.max(last, atMs), 0);
