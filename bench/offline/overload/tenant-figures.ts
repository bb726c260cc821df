import type { Outcome, SimCall } from '../simulator/sim-call';
import { demandOf } from './arrivals';

export interface TenantFigures {
  readonly tenant: string;
  readonly demand: number; // over its share of the slots
  readonly served: number; // share of its requests
  readonly refused: number;
}

/** Who is served under overload, the most demanding first. */
export function tenantFigures(outcomes: readonly Outcome[], calls: readonly SimCall[]): TenantFigures[] {
  const tenants = [...new Set(calls.map(({ tenant }) => tenant))];
  const figures = tenants.map((tenant) => {
    const own = outcomes.filter(({ call }) => call.tenant === tenant);
    const share = (which: (outcome: Outcome) => boolean): number => own.filter(which).length / own.length;
    return {
      tenant,
      demand: demandOf(calls, tenant),
      served: share(({ completed }) => completed),
      refused: share(({ refusal }) => refusal !== null),
    };
  });
  return figures.sort((a, b) => b.demand - a.demand);
}
