import type { MessageBus } from './message-bus.port';
import type { SlotLedger } from './slot-ledger.port';
import type { TicketLine } from './ticket-line.port';

/** What the scheduler needs of the outside: in one process, or shared among several. */
export interface SchedulerBackend {
  readonly bus: MessageBus;
  readonly slots: SlotLedger;
  openLine(poolId: string): TicketLine;
}

export const SCHEDULER_BACKEND = Symbol('SCHEDULER_BACKEND');

/** Injection token of a source of random numbers in [0, 1). */
export const RANDOM = Symbol('RANDOM');
export type Random = () => number;
