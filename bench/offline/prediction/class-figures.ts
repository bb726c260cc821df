import type { Scene } from '../fairness/scenes';
import { IdleMeter } from '../simulator/idle-meter';
import { quantile } from '../simulator/quantile';
import { predictedCost, relayScheduler } from '../simulator/relay-dispatcher';
import { simulate } from '../simulator/simulate';

/** Everybody waits until served: this is about who waits for whom, not about who is refused. */
const NO_CAPS = { maxQueued: 1_000_000, maxQueuedPerTenant: 1_000_000 };

interface ClassSettings {
  readonly longCostTokens: number;
  readonly shortShare: number;
}

/** Of waits, ms. */
interface Waits {
  readonly mean: number;
  readonly p99: number;
}

export interface ClassFigures {
  readonly longShare: number; // of the requests
  readonly all: Waits;
  readonly cheap: Waits; // of the half of the requests that is predicted to cost least
  readonly worstLongMs: number; // 0: none is long, or none waited
  readonly idleShare: number; // of the slots over the whole run: free while somebody waited
}

/** What the relay's scheduler makes of these calls. */
export async function classFigures({ calls, slots }: Scene, settings: ClassSettings): Promise<ClassFigures> {
  const idle = new IdleMeter(slots);
  const dispatcher = relayScheduler({ ...NO_CAPS, ...settings });
  const outcomes = await simulate({ calls, slots, dispatcher, observers: [idle] });
  const served = outcomes.map(({ call, startedMs, atMs }) => ({
    cost: predictedCost(call),
    waitMs: (startedMs ?? NaN) - atMs,
  }));
  const costs = served.map(({ cost }) => cost);
  const median = quantile(costs, 0.5);
  const long = served.filter(({ cost }) => cost >= settings.longCostTokens);
  const spanMs = outcomes.reduce((last, { endedMs }) => Math.max(last, endedMs), 0);
  return {
    longShare: long.length / served.length,
    all: waitsOf(served),
    cheap: waitsOf(served.filter(({ cost }) => cost <= median)),
    worstLongMs: long.reduce((worst, { waitMs }) => Math.max(worst, waitMs), 0),
    idleShare: (idle.idleSlotSeconds * 1_000) / (slots * spanMs),
  };
}

function waitsOf(served: readonly { readonly waitMs: number }[]): Waits {
  const waits = served.map(({ waitMs }) => waitMs);
  return { mean: waits.reduce((sum, ms) => sum + ms, 0) / waits.length, p99: quantile(waits, 0.99) };
}
