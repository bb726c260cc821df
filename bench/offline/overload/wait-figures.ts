import { quantile } from '../simulator/quantile';
import { relayWithAdmission } from '../simulator/relay-dispatcher';
import type { Attempt, SimCall } from '../simulator/sim-call';
import { simulate } from '../simulator/simulate';
import { demandOf, SLOTS } from './arrivals';

interface Spread {
  readonly p50: number;
  readonly p90: number;
}

export interface WaitRow {
  readonly tenant: string;
  readonly demand: number; // over its share of the slots
  readonly waits: number;
  readonly expectedMs: Spread;
  readonly realMs: Spread;
  readonly noLonger: number; // share that waited no longer than was expected
}

/** What admission expected of the waits of each tenant, beside what came of it. */
export async function measureWaits(calls: readonly SimCall[]): Promise<WaitRow[]> {
  const expected = new Map<SimCall, number>();
  const onAdmitted = ({ call }: Attempt, expectedMs: number | null): void => {
    if (expectedMs !== null && expectedMs > 0) expected.set(call, expectedMs);
  };
  const outcomes = await simulate({ calls, slots: SLOTS, dispatcher: relayWithAdmission({}, onAdmitted) });
  const waits = outcomes.flatMap(({ call, startedMs, endedMs, atMs }) => {
    const expectedMs = expected.get(call);
    return expectedMs === undefined ? [] : [{ tenant: call.tenant, expectedMs, realMs: (startedMs ?? endedMs) - atMs }];
  });
  const tenants = [...new Set(waits.map(({ tenant }) => tenant))];
  const rows = tenants.map((tenant): WaitRow => {
    const own = waits.filter((wait) => wait.tenant === tenant);
    return {
      ...{ tenant, demand: demandOf(calls, tenant), waits: own.length },
      expectedMs: spread(own.map(({ expectedMs }) => expectedMs)),
      realMs: spread(own.map(({ realMs }) => realMs)),
      noLonger: own.filter(({ expectedMs, realMs }) => realMs <= expectedMs).length / own.length,
    };
  });
  return rows.sort((a, b) => b.demand - a.demand);
}

const spread = (values: readonly number[]): Spread => ({ p50: quantile(values, 0.5), p90: quantile(values, 0.9) });
