import type { CancelSignal } from '@relay/core';
import type { QueueClass, QueueResult, ServiceLevel, ToldLimits } from '@relay/contracts';
import type { WindowNews } from './domain/limits/window-gate';
import type { TakenTicket } from './ports/ticket-line.port';

export interface AdmissionRequest {
  readonly poolId: string; // provider id
  readonly model?: string; // as the provider knows it; what it tells of a model's rate limits holds for that one
  readonly tenantId: string;
  /** Share of contended capacity relative to other tenants. */
  readonly weight: number;
  readonly class: QueueClass;
  readonly level: ServiceLevel;
  /** Predicted tokens. */
  readonly cost: number;
  /** Of its body, which is kept while it waits; default: none. */
  readonly bodyBytes?: number;
  /** Epoch ms after which the answer is of no use. */
  readonly deadlineAt: number;
  /** Epoch ms after which no answer can be there by the deadline any more; default: the deadline. Who still waits then is refused. */
  readonly latestStartAt?: number;
  readonly signal: CancelSignal;
  /** It was called before, in vain, and keeps its place: when it began to wait. Monotonic ms. */
  readonly since?: number | undefined;
  /** Slots that this tenant may hold at a time, over all pools. */
  readonly tenantConcurrency?: number | undefined;
}

/** How the call that used a slot went. */
export interface SlotReport {
  /** Tokens that it really cost (input + 2 x output); corrects what the tenant was charged. */
  readonly cost?: number;
  readonly ended: 'completed' | 'rate-limited' | 'failed' | 'left';
  /** Of completed streams. */
  readonly ttftMs?: number;
  readonly tpotMs?: number;
  readonly told?: ToldLimits;
}

/** The right to make one upstream call. */
export interface Slot {
  readonly queue: QueueResult;
  readonly queuedMs: number;
  readonly since: number; // when its request began to wait for it; monotonic ms
  /** What the provider's limits per minute said, before the call is made; further news change nothing. */
  heard(news: WindowNews): void;
  /** Gives the slot back; further calls do nothing. Without a report nothing was called. */
  release(report?: SlotReport): void;
}

/** Whose slot it is: this process's, without or with a ticket, or one that another process lends. */
export type SlotSource =
  | { readonly kind: 'free' }
  | { readonly kind: 'ticket'; readonly taken: TakenTicket }
  | { readonly kind: 'borrowed'; readonly grantId: string };

export const FREE_SLOT: SlotSource = { kind: 'free' };

interface SlotHolder {
  heard(request: AdmissionRequest, news: WindowNews | null): void;
  releaseSlot(slot: HeldSlot, report: SlotReport | undefined): void;
}

export class HeldSlot implements Slot {
  private released = false;
  private isAsking = true; // what the provider's windows say is not known yet

  constructor(
    private readonly holder: SlotHolder,
    readonly request: AdmissionRequest,
    readonly source: SlotSource,
    readonly queue: QueueResult,
    readonly queuedMs: number,
    readonly startedAt: number, // monotonic ms
    readonly told: boolean, // the other processes heard of its charge
  ) {}

  get since(): number {
    return this.request.since ?? this.startedAt - this.queuedMs;
  }

  heard(news: WindowNews): void {
    if (this.isAsking) this.holder.heard(this.request, news);
    this.isAsking = false;
  }

  release(report?: SlotReport): void {
    if (this.released) return;
    this.released = true;
    if (this.isAsking) this.holder.heard(this.request, null);
    this.isAsking = false;
    this.holder.releaseSlot(this, report);
  }
}
