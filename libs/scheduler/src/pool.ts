import type { LimitReason, QueueClass, ServiceLevel } from '@relay/contracts';
import { type Clock, err, RelayError, type Result } from '@relay/core';
import { BorrowedSlots } from './borrowed-slots';
import { ClassTurn } from './domain/class-turn';
import { DrainEstimate } from './domain/drain-estimate';
import { FairClock } from './domain/fair-clock';
import { type RoomCaps, WaitingRoom } from './domain/waiting-room';
import { LeaseBook } from './lease-book';
import type { ClockReading, GrantMessage, PoolMessage } from './messages';
import type { MessageBus } from './ports/message-bus.port';
import type { Random } from './ports/scheduler-backend.port';
import type { TakenTicket, TicketLine } from './ports/ticket-line.port';
import { type AdmissionRequest, FREE_SLOT, HeldSlot, type Slot, type SlotReport, type SlotSource } from './slot';
import type { TenantUsage } from './tenant-usage';
import { TicketDesk } from './ticket-desk';
import { Waiter } from './waiter';

/** What an administrator sees of one pool, in this process. */
export interface PoolSnapshot {
  readonly id: string;
  readonly limit: number; // slots of this process
  readonly poolLimit: number; // slots of all processes together, at the moment
  readonly configured: number;
  readonly limitedBy: LimitReason;
  readonly heldUntil: number | null; // ms since the epoch: nothing is started before
  readonly processes: number;
  readonly inUse: number;
  readonly waiting: Record<QueueClass, number>;
  readonly waitingByLevel: Record<ServiceLevel, number>;
  readonly tenants: readonly { readonly id: string; readonly waiting: number }[];
}

/** What a request would meet. */
export interface Outlook {
  /** Expected wait for a slot, ms; 0 when one is free and null when nothing has been measured yet. */
  readonly waitMs: number | null;
}

export interface PoolContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly bus: MessageBus;
  readonly usage: TenantUsage;
  readonly caps: () => RoomCaps;
  /** A request of this process no longer waits or holds a slot. */
  readonly onLeft: (request: AdmissionRequest) => void;
  readonly onFault: (error: unknown) => void;
}

/** The slots of one provider in this process, the requests that wait for them here, and its side of the shared line. */
export class Pool {
  private readonly room = new WaitingRoom<Waiter>();
  private readonly fair = new FairClock();
  private readonly drain = new DrainEstimate();
  private readonly turn = new ClassTurn();
  private readonly desk: TicketDesk;
  private readonly leases: LeaseBook;
  private readonly borrowed: BorrowedSlots;
  private held = 0; // slots in use here, or set aside while a ticket is fetched
  private othersWait = false;
  private wakes = 0;
  private pumping = false;
  private tending = false;
  private closed: string | null = null; // why nothing may wait any more

  constructor(
    readonly id: string,
    private limit: number,
    private readonly line: TicketLine,
    private readonly context: PoolContext,
  ) {
    const { bus, clock, usage, onFault } = context;
    const { room, fair } = this;
    this.leases = new LeaseBook(id, bus, clock, () => this.wake(), onFault);
    this.borrowed = new BorrowedSlots(id, bus, onFault);
    this.desk = new TicketDesk({
      ...{ poolId: id, processId: bus.processId, room, fair, line, usage, clock, onFault },
      onStanding: () => this.announce(),
    });
  }

  get inUse(): number {
    return this.held + this.leases.size;
  }

  get waiting(): number {
    return this.room.size;
  }

  /** No request of this process waits here or holds a slot. */
  get idle(): boolean {
    return this.held === 0 && this.room.size === 0 && this.borrowed.size === 0;
  }

  /** The fast path: a slot is free, nobody waits for it anywhere, and the tenant is within its own limit. */
  tryAcquire(request: AdmissionRequest): Slot | null {
    const { tenantId } = request;
    if (this.inUse >= this.limit || this.othersWait || this.desk.size > 0) return null;
    if (this.room.size > 0 && this.room.sizeOf(tenantId) > 0) return null;
    if (this.context.usage.headroom(tenantId, request.tenantConcurrency) <= 0) return null;
    this.held++;
    this.context.usage.take(tenantId);
    this.fair.pass(tenantId, request.cost, request.weight);
    return new HeldSlot(this, request, FREE_SLOT, 'none', 0, this.context.clock.monotonic());
  }

  /** What a request would meet that joined now. */
  outlook({ tenantId, weight }: Pick<AdmissionRequest, 'tenantId' | 'weight'>): Outlook {
    if (this.room.size === 0 && !this.othersWait && this.inUse < this.limit) return { waitMs: 0 };
    return { waitMs: this.drain.waitMs(this.room.ahead(tenantId, weight) + 1, this.limit) ?? null };
  }

  /** Waits in line for a slot, unless there is no point in waiting. */
  wait(request: AdmissionRequest): Promise<Result<Slot, RelayError>> {
    const refusal = this.refusal(request);
    if (refusal) return Promise.resolve(err(refusal));
    return new Promise((resolve) => {
      this.room.add(new Waiter(request, this.context.clock, resolve, (waiter, why) => this.leave(waiter, why)));
      this.desk.adjust(request.tenantId);
    });
  }

  releaseSlot(slot: HeldSlot, report: SlotReport | undefined): void {
    const { request, source } = slot;
    this.drain.observe(this.context.clock.monotonic() - slot.startedAt);
    if (report?.cost !== undefined) this.fair.correct(request.tenantId, report.cost - request.cost, request.weight);
    this.giveBack(source);
    this.context.usage.release(request.tenantId);
    this.context.onLeft(request);
    this.wake();
  }

  setLimit(limit: number): void {
    this.limit = limit;
    this.wake();
  }

  /** A tenant may hold more slots than a moment ago. */
  tenantFreed(tenantId: string): void {
    if (this.room.size > 0) this.desk.adjust(tenantId);
  }

  receive(from: string, message: PoolMessage): void {
    switch (message.type) {
      case 'waiting':
        this.mergeClock(message.clock);
        this.othersWait = true;
        return this.wake();
      case 'clock':
        return this.mergeClock(message.clock);
      case 'grant':
        return this.takeGrant(from, message);
      case 'accept':
        return this.leases.confirm(message.grantId, from);
      case 'held':
        return message.grantIds.forEach((grantId) => this.leases.confirm(grantId, from));
      case 'decline':
      case 'release':
        return this.leases.end(message.grantId);
      default:
        return message satisfies never;
    }
  }

  clockReading(): ClockReading {
    return { virtualTime: this.fair.virtualTime, base: this.desk.scale.base };
  }

  /** What must happen every second, however quiet it is: leases end, locks are kept, what got lost is found again. */
  async tend(): Promise<void> {
    this.leases.expire();
    this.wake();
    if (this.tending) return;
    this.tending = true;
    try {
      if (this.desk.size > 0) this.announce();
      await this.borrowed.report();
      await this.desk.review();
      await this.line.renew();
    } finally {
      this.tending = false;
    }
  }

  /** Nothing may wait any more; what waits already is served. */
  refuseWaiting(why: string): void {
    this.closed = why;
  }

  async close(why: string): Promise<void> {
    this.refuseWaiting(why);
    for (const tenantId of [...this.room.tenantIds()]) this.refuseAll(tenantId, new RelayError('unavailable', why));
    await this.desk.clear();
    await this.line.close();
  }

  snapshot(): PoolSnapshot {
    return {
      id: this.id,
      limit: this.limit,
      poolLimit: this.limit,
      configured: this.limit,
      limitedBy: 'configured',
      heldUntil: null,
      processes: 1,
      inUse: this.inUse,
      waiting: { short: this.room.countOf('short'), long: this.room.countOf('long') },
      waitingByLevel: { interactive: 0, standard: this.room.size, batch: 0 },
      tenants: [...this.room.tenantIds()].map((id) => ({ id, waiting: this.room.sizeOf(id) })),
    };
  }

  private refusal(request: AdmissionRequest): RelayError | null {
    if (request.signal.aborted) return abortError(request.signal);
    if (this.closed !== null) return new RelayError('unavailable', this.closed);
    const full = this.room.refusal(request.tenantId, this.context.caps());
    if (full === 'tenant-full') return this.overloaded(request, 'Too many requests of this tenant are waiting.');
    if (full === 'room-full') return this.overloaded(request, 'Too many requests are waiting.');
    const leftMs = request.deadlineAt - this.context.clock.now();
    const expectedMs = this.drain.waitMs(this.room.ahead(request.tenantId, request.weight) + 1, this.limit) ?? 0;
    if (leftMs > 0 && expectedMs <= leftMs) return null;
    return this.overloaded(request, 'The request could not be started before its deadline.');
  }

  private overloaded(request: AdmissionRequest, message: string): RelayError {
    const ahead = Math.max(1, this.room.ahead(request.tenantId, request.weight));
    const retryAfterSeconds = this.drain.retryAfterSeconds(ahead, this.limit, this.context.random());
    return new RelayError('overloaded', message, { retryAfterSeconds });
  }

  private leave(waiter: Waiter, why: 'deadline' | 'aborted'): void {
    if (!this.room.remove(waiter)) return;
    this.desk.adjust(waiter.tenantId);
    if (why === 'aborted') waiter.refuse(abortError(waiter.request.signal));
    else waiter.refuse(this.overloaded(waiter.request, 'The deadline passed while the request waited for a slot.'));
    this.context.onLeft(waiter.request);
  }

  private refuseAll(tenantId: string, error: RelayError): void {
    for (const queueClass of ['short', 'long'] as const) {
      for (let head = this.room.takeHead(tenantId, queueClass); head; head = this.room.takeHead(tenantId, queueClass)) {
        head.refuse(error);
      }
    }
  }

  private announce(): void {
    const { bus, onFault } = this.context;
    this.wake();
    if (bus.shared) bus.broadcast({ type: 'waiting', pool: this.id, clock: this.clockReading() }).catch(onFault);
  }

  private mergeClock(reading: ClockReading): void {
    this.fair.served(reading.virtualTime);
    this.desk.rebase(reading.base);
  }

  /** Hands out free slots to whoever is next in line. Cheap when nobody waits. */
  private wake(): void {
    this.wakes++;
    if (this.pumping || this.inUse >= this.limit || (this.desk.size === 0 && !this.othersWait)) return;
    this.pump().catch(this.context.onFault);
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    try {
      while (this.inUse < this.limit) {
        const seen = this.wakes;
        if (await this.grantNext()) continue;
        if (seen !== this.wakes) continue; // somebody joined meanwhile
        this.othersWait = false;
        return;
      }
    } finally {
      this.pumping = false; // in the same turn as the last look, so that no wake falls between
    }
  }

  /** `false` if nobody is in line. */
  private async grantNext(): Promise<boolean> {
    for (const queueClass of this.turn.order()) {
      if (!this.othersWait && this.desk.countOf(queueClass) === 0) continue;
      this.held++;
      const taken = await this.line.take(queueClass).catch((error: unknown) => this.takeFailed(error));
      if (taken) {
        this.call(taken);
        return true;
      }
      this.held--;
    }
    return false;
  }

  private takeFailed(error: unknown): null {
    this.context.onFault(error);
    return null;
  }

  /** A ticket is called: one slot is set aside for it. */
  private call(taken: TakenTicket): void {
    const { owner, tenant, class: queueClass } = taken.data;
    const tag = this.desk.scale.tagOf(taken.priority);
    if (owner !== this.context.bus.processId) {
      this.fair.served(tag);
      this.held--;
      this.leases.offer(taken, this.clockReading());
      return this.turn.advance();
    }
    const waiter = this.desk.bind(taken.id, tenant, queueClass, tag);
    if (waiter) {
      this.turn.advance();
      this.grant(waiter, { kind: 'ticket', taken });
    } else this.giveBack({ kind: 'ticket', taken });
    this.desk.adjust(tenant);
  }

  private takeGrant(lender: string, grant: GrantMessage): void {
    this.mergeClock(grant.clock);
    this.line.forget(grant.ticketId);
    const waiter = this.desk.bind(grant.ticketId, grant.tenant, grant.class, grant.clock.virtualTime);
    if (waiter) {
      this.borrowed.accept(grant.grantId, lender);
      this.grant(waiter, { kind: 'borrowed', grantId: grant.grantId });
    } else this.borrowed.decline(grant.grantId, lender);
    this.desk.adjust(grant.tenant);
  }

  private grant(waiter: Waiter, source: SlotSource): void {
    const now = this.context.clock.monotonic();
    this.context.usage.take(waiter.tenantId);
    waiter.grant(new HeldSlot(this, waiter.request, source, waiter.class, now - waiter.since, now));
  }

  private giveBack(source: SlotSource): void {
    switch (source.kind) {
      case 'free':
        this.held--;
        return;
      case 'ticket':
        this.held--;
        source.taken.finish().catch(this.context.onFault);
        return;
      case 'borrowed':
        return this.borrowed.giveBack(source.grantId);
      default:
        source satisfies never;
    }
  }
}

/** Why the request was given up: what the one who aborted it says (a shutdown, say), else its client has gone. */
function abortError({ reason }: AdmissionRequest['signal']): RelayError {
  return reason instanceof RelayError ? reason : new RelayError('client_closed', 'The client closed the connection.');
}
