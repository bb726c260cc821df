import type { CancelSignal } from '@relay/core';
import type { QueueClass, QueueResult } from '@relay/contracts';
import type { TakenTicket } from './ports/ticket-line.port';

export interface AdmissionRequest {
  readonly poolId: string; // provider id
  readonly tenantId: string;
  /** Share of contended capacity relative to other tenants. */
  readonly weight: number;
  readonly class: QueueClass;
  /** Predicted tokens. */
  readonly cost: number;
  /** Epoch ms after which the answer is of no use. */
  readonly deadlineAt: number;
  readonly signal: CancelSignal;
  /** Slots that this tenant may hold at a time in this process, over all pools. */
  readonly tenantConcurrency?: number;
}

/** The right to make one upstream call. */
export interface Slot {
  readonly queue: QueueResult;
  readonly queuedMs: number;
  /** Gives the slot back; further calls do nothing. `actualCost` in tokens corrects what the tenant was charged. */
  release(actualCost?: number): void;
}

/** Whose slot it is: this process's, without or with a ticket, or one that another process lends. */
export type SlotSource =
  | { readonly kind: 'free' }
  | { readonly kind: 'ticket'; readonly taken: TakenTicket }
  | { readonly kind: 'borrowed'; readonly grantId: string };

export const FREE_SLOT: SlotSource = { kind: 'free' };

interface SlotHolder {
  releaseSlot(slot: HeldSlot, actualCost: number | undefined): void;
}

export class HeldSlot implements Slot {
  private released = false;

  constructor(
    private readonly holder: SlotHolder,
    readonly request: AdmissionRequest,
    readonly source: SlotSource,
    readonly queue: QueueResult,
    readonly queuedMs: number,
    readonly startedAt: number, // monotonic ms
  ) {}

  release(actualCost?: number): void {
    if (this.released) return;
    this.released = true;
    this.holder.releaseSlot(this, actualCost);
  }
}
