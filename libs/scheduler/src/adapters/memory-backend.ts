import type { Clock } from '@relay/core';
import type { SchedulerBackend } from '../ports/scheduler-backend.port';
import { FailoverTicketLine, type LineHealth } from './failover-ticket-line';
import { InProcessBus, InProcessHub } from './in-process-bus';
import { LedgerMemory, MemorySlotLedger } from './memory-slot-ledger';
import { MemoryTicketLine } from './memory-ticket-line';

const SILENT: LineHealth = { lost: () => undefined, restored: () => undefined };

/** One process that keeps its line in memory, behind the same failover that stands in front of every shared line: for tests and simulations. */
export function memoryBackend(clock: Clock): SchedulerBackend {
  return {
    bus: new InProcessBus('process-a'),
    slots: new MemorySlotLedger('process-a', clock),
    openLine: () => new FailoverTicketLine(new MemoryTicketLine(), clock, SILENT),
  };
}

/** Several schedulers as if in several processes, with one pool: they share its line, its slots and a bus that is never late. */
export function memoryBackends(clock: Clock, processes: number): SchedulerBackend[] {
  const [line, hub, memory] = [new MemoryTicketLine(), new InProcessHub(), new LedgerMemory()];
  return Array.from({ length: processes }, (_, i) => ({
    bus: new InProcessBus(`process-${i}`, hub, true),
    slots: new MemorySlotLedger(`process-${i}`, clock, memory),
    openLine: () => line,
  }));
}
