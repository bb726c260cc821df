import type { Discipline, QueueView } from './queue-dispatcher';

/** The tenant of the oldest request of those that may be served. */
function oldest({ waiting }: QueueView, may: (tenant: string) => boolean = () => true): string | undefined {
  let [first, order]: [string | undefined, number] = [undefined, Infinity];
  for (const [tenant, line] of waiting) {
    const [head] = line;
    if (head && head.order < order && may(tenant)) [first, order] = [tenant, head.order];
  }
  return first;
}

export const fifo = (): Discipline => ({ next: (view) => oldest(view) });

/** A request of each tenant in turn, whatever its weight and the length of its requests. */
export function roundRobin(): Discipline {
  const turn = new Map<string, number>(); // when it was served last, counted in requests
  let served = 0;
  return {
    next: ({ waiting }) => least(waiting.keys(), (tenant) => turn.get(tenant) ?? 0),
    starts: ({ call }) => void turn.set(call.tenant, ++served),
  };
}

/** Fixed limits: each tenant its share of the slots by weight, rounded up, and no more, even if others use less. */
export function staticLimits(weights: ReadonlyMap<string, number>): Discipline {
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
  return {
    next: (view) => {
      const held = new Map<string, number>();
      for (const { call } of view.running) held.set(call.tenant, (held.get(call.tenant) ?? 0) + 1);
      const limitOf = (tenant: string): number => Math.ceil((view.slots * (weights.get(tenant) ?? 1)) / sum);
      return oldest(view, (tenant) => (held.get(tenant) ?? 0) < limitOf(tenant));
    },
  };
}

/** The one with the smallest value, the first of equals. */
export function least(tenants: Iterable<string>, valueOf: (tenant: string) => number): string | undefined {
  let [first, value]: [string | undefined, number] = [undefined, Infinity];
  for (const tenant of tenants) if (valueOf(tenant) < value) [first, value] = [tenant, valueOf(tenant)];
  return first;
}
