import { fifo, roundRobin, staticLimits } from '../simulator/disciplines';
import type { DispatcherFactory } from '../simulator/dispatcher';
import { type Discipline, queueOf } from '../simulator/queue-dispatcher';
import { relayProcesses, relayScheduler } from '../simulator/relay-dispatcher';
import type { SimCall } from '../simulator/sim-call';
import { tokenCounter } from '../simulator/token-counter';

export const RELAY = 'relay';
/** In two processes, requests dealt out at random, and each tenant's to one of them. */
const TWO = 'relay x2';
const TWO_BY_TENANT = 'relay x2, by tenant';
export const RELAYS: readonly string[] = [RELAY, TWO, TWO_BY_TENANT];

/** How many requests may wait, in all and of one tenant: the same for every scheduler. */
export interface Caps {
  readonly maxQueued: number;
  readonly maxQueuedPerTenant: number;
}

/** Enough for every request of a scene: fairness is measured among those that wait, not among those that were let in. */
export const NO_CAPS: Caps = { maxQueued: 1_000_000, maxQueuedPerTenant: 1_000_000 };
/** The relay's defaults. */
export const CAPS: Caps = { maxQueued: 2_000, maxQueuedPerTenant: 200 };

/** The relay's scheduler, and what stands beside it. */
export function schedulersFor(calls: readonly SimCall[], caps: Caps): Readonly<Record<string, DispatcherFactory>> {
  const weights = new Map(calls.map(({ tenant, weight }) => [tenant, weight]));
  const queue = (discipline: () => Discipline): DispatcherFactory => queueOf(discipline, () => caps);
  return {
    [RELAY]: relayScheduler(caps),
    [TWO]: relayProcesses(2, 'at random', caps),
    [TWO_BY_TENANT]: relayProcesses(2, 'by tenant', caps),
    'token counter (VTC)': queue(tokenCounter),
    'round robin': queue(roundRobin),
    FIFO: queue(fifo),
    'static limits': queue(() => staticLimits(weights)),
  };
}
