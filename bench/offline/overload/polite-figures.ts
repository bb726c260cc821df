import { quantile } from '../simulator/quantile';
import type { Outcome, SimCall } from '../simulator/sim-call';
import { demandOf } from './arrivals';

interface Fate {
  readonly clients: number;
  readonly served: number; // share of the clients
  readonly servedAtOnce: number;
  readonly gaveUp: number; // refused each time, as often as they would come
  readonly triesP50: number; // of those that were served
  readonly triesP99: number;
}

/** Of all clients that come again after Retry-After, of those whose tenant asks for no more than its share, and of the others. */
export type PoliteFigures = Readonly<Record<'all' | 'within' | 'beyond', Fate>>;

export function politeFigures(outcomes: readonly Outcome[], calls: readonly SimCall[]): PoliteFigures {
  const last = new Map<SimCall, Outcome>();
  for (const outcome of outcomes) if (outcome.call.retries !== undefined) last.set(outcome.call, outcome);
  const all = [...last.values()];
  const tenants = new Set(calls.map(({ tenant }) => tenant));
  const modest = new Set([...tenants].filter((tenant) => demandOf(calls, tenant) <= 1));
  return {
    all: fateOf(all),
    within: fateOf(all.filter(({ call }) => modest.has(call.tenant))),
    beyond: fateOf(all.filter(({ call }) => !modest.has(call.tenant))),
  };
}

function fateOf(lastTries: readonly Outcome[]): Fate {
  const served = lastTries.filter(({ completed }) => completed);
  const tries = served.map(({ number }) => number);
  return {
    clients: lastTries.length,
    served: served.length / lastTries.length,
    servedAtOnce: tries.filter((number) => number === 1).length / lastTries.length,
    gaveUp: lastTries.filter(({ refusal }) => refusal !== null).length / lastTries.length,
    triesP50: quantile(tries, 0.5),
    triesP99: quantile(tries, 0.99),
  };
}
