import { ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import { type Clock, type RelayError, type Result, systemClock } from '@relay/core';
import type { LineHealth } from '../src/adapters/failover-ticket-line';
import { InProcessBus, InProcessHub } from '../src/adapters/in-process-bus';
import { memoryBackend as backendInMemory } from '../src/adapters/memory-backend';
import { type LedgerMemory, MemorySlotLedger } from '../src/adapters/memory-slot-ledger';
import { MemoryTicketLine } from '../src/adapters/memory-ticket-line';
import type { SchedulerBackend } from '../src/ports/scheduler-backend.port';
import { Scheduler } from '../src/scheduler.service';
import type { AdmissionRequest, Slot } from '../src/slot';

export const POOL = 'provider-a';

interface Settings {
  readonly slots?: number;
  readonly adaptive?: { readonly ttftMs?: number; readonly tpotMs?: number };
  readonly maxQueued?: number;
  readonly maxQueuedPerTenant?: number;
}

export function configOf({ slots = 1, adaptive, maxQueued = 2_000, maxQueuedPerTenant = 200 }: Settings): RelayConfig {
  const config = relayConfigSchema.parse({
    providers: [{ id: POOL, kind: 'simulator', limits: { concurrency: slots, adaptive } }],
    policy: { name: 'test', version: 1 },
    scheduler: { maxQueued, maxQueuedPerTenant },
  });
  return config as RelayConfig;
}

export interface TestScheduler {
  readonly scheduler: Scheduler;
  readonly config: ConfigStore;
}

export function startScheduler(
  backend: SchedulerBackend,
  settings: Settings = {},
  clock: Clock = systemClock,
): TestScheduler {
  const config = new ConfigStore(configOf(settings), 'test.yaml');
  const scheduler = new Scheduler(config, clock, () => 0, backend);
  scheduler.onModuleInit();
  return { scheduler, config };
}

export const memoryBackend = (clock: Clock = systemClock): SchedulerBackend => backendInMemory(clock);

/** Several schedulers as if in several processes: one line, one hub for messages; with `ledger` they share the slots, else each has its own. */
export function sharedMemoryBackends(
  ids: readonly string[],
  clock: Clock,
  hub = new InProcessHub(),
  ledger?: LedgerMemory,
): SchedulerBackend[] {
  const line = new MemoryTicketLine();
  return ids.map((id) => ({
    bus: new InProcessBus(id, hub, true),
    slots: new MemorySlotLedger(id, clock, ledger),
    openLine: () => line,
  }));
}

export const SILENT: LineHealth = { lost: () => undefined, restored: () => undefined };

export function requestOf(tenantId: string, changes: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    poolId: POOL,
    model: 'm',
    tenantId,
    weight: 1,
    class: 'short',
    level: 'standard',
    cost: 100,
    deadlineAt: Date.now() + 600_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

export function granted(outcome: Result<Slot, RelayError>): Slot {
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}

export function refused(outcome: Result<Slot, RelayError>): RelayError {
  if (outcome.ok) throw new Error('a slot was granted');
  return outcome.error;
}

/** A condition that others bring about; looked at once per turn of the event loop. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not so within ${limitMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Admits `count` requests of each tenant at once; every slot is given back after one turn. Returns tenants in the order served. */
export async function serveAll(
  scheduler: Scheduler,
  tenants: readonly string[],
  count: number,
  changes: (tenant: string) => Partial<AdmissionRequest> = () => ({}),
): Promise<{ order: string[]; slots: Slot[] }> {
  const order: string[] = [];
  const slots: Slot[] = [];
  const one = async (tenant: string): Promise<void> => {
    const request = requestOf(tenant, changes(tenant));
    const slot = granted(await scheduler.admit(request));
    order.push(tenant);
    slots.push(slot);
    await new Promise((resolve) => setImmediate(resolve));
    slot.release({ ended: 'completed', cost: request.cost });
  };
  const requests = tenants.flatMap((tenant) => Array.from({ length: count }, () => one(tenant)));
  await Promise.all(requests);
  return { order, slots };
}

/** The largest lead of one tenant over another while both still have work, in requests. */
export function largestLead(order: readonly string[], a: string, b: string): number {
  const total = { [a]: order.filter((t) => t === a).length, [b]: order.filter((t) => t === b).length };
  const served: Record<string, number> = { [a]: 0, [b]: 0 };
  let lead = 0;
  for (const tenant of order) {
    served[tenant] = (served[tenant] ?? 0) + 1;
    if (served[a] === total[a] || served[b] === total[b]) break;
    lead = Math.max(lead, Math.abs((served[a] ?? 0) - (served[b] ?? 0)));
  }
  return lead;
}
