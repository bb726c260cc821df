import type { ProviderConfig } from '@relay/config';
import type { QueueClass, ServiceLevel } from '@relay/contracts';
import { type Clock, err, RelayError, type Result } from '@relay/core';
import { BorrowedSlots } from './borrowed-slots';
import { DrainEstimate } from '../domain/drain-estimate';
import { FairClock } from '../domain/fair-clock';
import type { Heads } from '../domain/line-heads';
import type { LineRefusal } from '../domain/line-refusal';
import type { WindowNews } from '../domain/limits/window-gate';
import { Shares, type ShareSettings, type SlotCounts, type SlotUse } from '../domain/shares';
import { VirtualPace } from '../domain/virtual-pace';
import { type RoomCaps, WaitingRoom } from '../domain/waiting-room';
import { LeaseBook } from './lease-book';
import { type CapacityView, PoolCapacity } from '../limits/pool-capacity';
import { ChargeBook } from './charge-book';
import type { ClockReading, GrantMessage, PoolMessage } from '../messages';
import type { MessageBus } from '../ports/message-bus.port';
import type { Random } from '../ports/scheduler-backend.port';
import type { TakenTicket, TicketLine } from '../ports/ticket-line.port';
import { PoolNews } from './pool-news';
import { Pump } from './pump';
import { abortError, Refusals } from './refusals';
import { type AdmissionRequest, FREE_SLOT, HeldSlot, type Slot, type SlotReport, type SlotSource } from '../slot';
import type { TenantUsage } from '../tenant-usage';
import { TicketDesk } from './ticket-desk';
import { WaitForecast, type OutlookRequest } from './wait-forecast';
import { Waiter } from './waiter';

/** What an administrator sees of one pool, in this process. */
export interface PoolSnapshot extends CapacityView {
  readonly id: string;
  readonly processes: number;
  readonly inUse: number;
  readonly waiting: Record<QueueClass, number>;
  readonly waitingByLevel: Record<ServiceLevel, number>;
  readonly tenants: readonly { readonly id: string; readonly waiting: number }[];
  /** Since the start of this process: the line was full, a slot could not be free by the deadline, or was not. */
  readonly refused: Readonly<Record<LineRefusal, number>>;
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
  readonly shares: () => ShareSettings;
  /** How many slots all processes together may use, as the others see it. */
  readonly sharedLimit: () => number;
  /** How many it is, as this process sees it. */
  readonly onLimit: (limit: number) => void;
  /** A slot that was lent to another process is back, or what another process lent is this one's now. */
  readonly onReturned: () => void;
  /** A request of this process no longer waits or holds a slot. */
  readonly onLeft: (request: AdmissionRequest) => void;
  readonly onFault: (error: unknown) => void;
}

/** The slots of one provider in this process, the requests that wait for them here, and its side of the shared line. */
export class Pool {
  private readonly room = new WaitingRoom<Waiter>();
  private readonly charges: ChargeBook;
  private readonly fair: FairClock;
  private readonly news: PoolNews;
  private readonly shares: Shares;
  private readonly drain = new DrainEstimate();
  private readonly pace = new VirtualPace();
  private readonly desk: TicketDesk;
  private readonly forecast: WaitForecast;
  private readonly pump: Pump;
  private readonly capacity: PoolCapacity;
  private readonly leases: LeaseBook;
  private readonly borrowed: BorrowedSlots;
  private readonly refusals: Refusals;
  private held = 0; // slots in use here, or set aside while a ticket is fetched
  private tending = false;
  private closed: string | null = null; // why nothing may wait any more
  private cancelRelease: () => void = () => undefined; // of what waits for a rate limit
  private releasesAt = Infinity; // monotonic ms

  /** Without a slot until `setLimit` says how many of them are this process's. */
  constructor(
    readonly id: string,
    limits: ProviderConfig['limits'],
    private readonly line: TicketLine,
    private readonly context: PoolContext,
  ) {
    const { bus, clock, onFault } = context;
    const { sharedLimit, onLimit } = context;
    this.capacity = new PoolCapacity(limits, {
      ...{ clock, sharedLimit, onLimit },
      onMore: () => this.pump.wake(),
      onHeld: (until) => this.hold(until),
    });
    this.refusals = new Refusals(context.random);
    this.charges = new ChargeBook(id, bus, clock, () => this.pump.isContended, onFault);
    this.fair = new FairClock((tenantId, weighted, corrects) => this.charges.note(tenantId, weighted, corrects));
    this.news = new PoolNews({
      ...{ poolId: id, bus, clock, onFault },
      clockReading: () => this.clockReading(),
      ownHeads: () => this.ownHeads(),
      waitsSince: (tenantId, queueClass, level) => this.desk.waitsSince(tenantId, queueClass, level),
    });
    this.shares = new Shares(context.shares, this.news.presence);
    const { room, fair } = this;
    this.leases = new LeaseBook(id, bus, clock, (queueClass) => this.returned(queueClass), onFault);
    this.borrowed = new BorrowedSlots(id, bus, () => this.context.onReturned(), onFault);
    this.desk = new TicketDesk({
      ...{ poolId: id, processId: bus.processId, room, fair, line, clock, onFault },
      headroom: (request) => this.headroom(request),
      longRoom: () => this.longRoom(),
      elsewhere: this.news.elsewhere,
      onAdjusted: (tenantId) => this.news.tenantChanged(tenantId),
      onBatchFree: () => this.callBatch(),
      onStanding: () => this.onStanding(),
    });
    this.pump = new Pump({
      ...{ line, clock, onFault },
      hasRoom: () => this.capacity.free(this.inUse, this.pump.fetches) > 0,
      longRoom: () => this.longRoom(),
      lowest: (queueClass) => this.lowestTag(queueClass),
      standing: (queueClass) => this.desk.countOf(queueClass),
      setAside: (slots) => void (this.held += slots),
      call: (taken) => this.call(taken),
    });
    const { drain, pace } = this;
    this.forecast = new WaitForecast({
      ...{ room, fair, drain, pace },
      stampedOf: (tenantId) => this.desk.stampedOf(tenantId),
      slots: () => this.capacity.slots,
      tenantSlots: ({ tenantId, tenantConcurrency }) => context.usage.slotsOf(tenantId, tenantConcurrency),
    });
  }

  get inUse(): number {
    return this.held + this.leases.size + this.borrowed.ownCount;
  }

  get waiting(): number {
    return this.room.size;
  }

  /** Slots that requests of this process use, whoever they are from, or wait for. */
  get needed(): number {
    return this.held + this.borrowed.size + this.room.size;
  }

  waitingOf(tenantId: string): number {
    return this.room.size > 0 ? this.room.sizeOf(tenantId) : 0;
  }

  /** The fast path: a slot is free, nobody is due for it anywhere, and neither the tenant nor its kind of request has enough already. */
  tryAcquire(request: AdmissionRequest): Slot | null {
    const now = this.context.clock.monotonic();
    this.news.presence.saw(request.class, request.level, now);
    if (!this.mayStart(request)) return null;
    this.held++;
    this.occupy(request, FREE_SLOT, now);
    this.fair.pass(request.tenantId, request.cost, request.weight);
    return new HeldSlot(this, request, FREE_SLOT, 'none', 0, now, this.fair.latestTold);
  }

  /** What a request would meet that joined now. */
  outlook(request: OutlookRequest): Outlook {
    if (this.mayStart(request)) return { waitMs: 0 };
    const now = this.context.clock.monotonic();
    const heldMs = Math.max(0, (this.capacity.opensAt(request, now) ?? now) - now);
    const waitMs = this.forecast.expectedMs(request);
    return { waitMs: waitMs === undefined && heldMs === 0 ? null : Math.max(waitMs ?? 0, heldMs) };
  }

  private mayStart(request: OutlookRequest): boolean {
    const { tenantId, class: queueClass } = request;
    if (!this.pump.passes(queueClass, this.capacity.free(this.inUse, this.pump.fetches))) return false;
    if (this.room.size > 0 && this.room.lengthOf(tenantId, queueClass) > 0) return false;
    if (queueClass === 'long' && this.longRoom() <= 0) return false;
    return this.headroom(request) > 0;
  }

  isHeld(request: Pick<AdmissionRequest, 'model' | 'cost'>): boolean {
    return this.capacity.isHeld(request, this.context.clock.monotonic());
  }

  heard(request: AdmissionRequest, news: WindowNews | null): void {
    this.capacity.heard(request, news);
  }

  /** Waits in line for a slot, unless there is no point in waiting. */
  wait(request: AdmissionRequest): Promise<Result<Slot, RelayError>> {
    const refusal = this.refusal(request);
    if (refusal) return Promise.resolve(err(refusal));
    return new Promise((resolve) => {
      this.room.add(new Waiter(request, this.context.clock, resolve, (waiter, why) => this.leave(waiter, why)));
      this.news.requestWaits();
      this.desk.adjust(request.tenantId);
    });
  }

  releaseSlot(slot: HeldSlot, report: SlotReport | undefined): void {
    const { request, source } = slot;
    if (report) this.learn(slot, report);
    else this.capacity.cancelled(request.model, slot.startedAt);
    const cost = report ? (report.cost ?? request.cost) : 0; // without a report nothing was called
    this.fair.correct(request.tenantId, cost - request.cost, request.weight, slot.told);
    this.giveBack(source);
    this.context.usage.release(request.tenantId);
    this.shares.giveBack(useOf(request, source));
    if (request.level === 'batch') this.callBatch();
    this.context.onLeft(request);
    this.wakeFor(request.class);
  }

  /** Slots of this process. */
  setLimit(slots: number): void {
    this.capacity.setBlock(slots);
  }

  configure(limits: ProviderConfig['limits']): void {
    this.capacity.configure(limits);
  }

  /** A tenant may hold more slots than a moment ago. */
  tenantFreed(tenantId: string): void {
    this.adjustWaiting(tenantId);
  }

  receive(from: string, message: PoolMessage): void {
    switch (message.type) {
      case 'waiting':
        this.mergeClock(message.clock);
        this.news.heads.hear(from, message.heads ?? {}, this.context.clock.monotonic());
        this.pump.othersWait = true;
        return this.pump.wake();
      case 'clock':
        return this.mergeClock(message.clock);
      case 'charges':
        return message.charges.forEach(([tenantId, weighted]) => this.hearCharge(tenantId, weighted));
      case 'present':
        return this.news.hearPresent(message.kinds, this.room);
      case 'levels':
        return this.news.hearLevels(from, message.tenants).forEach((tenantId) => this.adjustWaiting(tenantId));
      case 'grant':
        return this.takeGrant(from, message);
      case 'accept':
        return this.leases.confirm(message.grantId, from);
      case 'held':
        return this.leases.holds(from, message.grantIds);
      case 'decline':
      case 'release':
        return this.leases.end(message.grantId);
      default:
        return message satisfies never;
    }
  }

  /** A process is new. */
  newcomer(): void {
    this.news.presence.tellAgain();
  }

  /** A process has stopped, or will at once. */
  processLeft(processId: string): void {
    this.borrowed.adopt(processId);
    this.news.processLeft(processId);
    if (this.room.size > 0) this.adjustAll();
  }

  clockReading(): ClockReading {
    return { virtualTime: this.fair.virtualTime, base: this.desk.scale.base };
  }

  /** What must happen every second, however quiet it is: leases end, locks are kept, what got lost is found again. */
  async tend(): Promise<void> {
    this.leases.expire();
    this.pace.observe(this.fair.virtualTime, this.context.clock.monotonic(), this.pump.isContended);
    this.capacity.review();
    this.wakeFor('long'); // shares open with time
    if (this.room.size > 0) this.adjustAll();
    this.news.review(this.room);
    const reported = this.borrowed.report(); // whatever else takes long: who is silent loses what it was lent
    if (this.tending) return reported;
    this.tending = true;
    try {
      await reported;
      await this.desk.review();
      await this.line.renew();
    } finally {
      this.tending = false;
    }
  }

  async close(why: string): Promise<void> {
    this.closed = why;
    for (const tenantId of [...this.room.tenantIds()]) this.refuseAll(tenantId, new RelayError('unavailable', why));
    this.charges.close();
    this.news.close();
    this.cancelRelease();
    await this.desk.clear();
    await this.line.close();
  }

  snapshot(): PoolSnapshot {
    return {
      id: this.id,
      ...this.capacity.view(),
      processes: 1,
      inUse: this.inUse,
      waiting: { short: this.room.countOf('short'), long: this.room.countOf('long') },
      waitingByLevel: {
        interactive: this.room.countOfLevel('interactive'),
        standard: this.room.countOfLevel('standard'),
        batch: this.room.countOfLevel('batch'),
      },
      tenants: [...this.room.tenantIds()].map((id) => ({ id, waiting: this.room.sizeOf(id) })),
      refused: this.refusals.snapshot(),
    };
  }

  private refusal(request: AdmissionRequest): RelayError | null {
    if (request.signal.aborted) return abortError(request.signal);
    if (this.closed !== null) return new RelayError('unavailable', this.closed);
    const full = this.room.refusal(request.tenantId, request.bodyBytes ?? 0, this.context.caps());
    if (full !== null) return this.overloaded(request, full);
    const leftMs = request.deadlineAt - this.context.clock.now();
    const expectedMs = this.outlook(request).waitMs ?? 0;
    if (leftMs > 0 && expectedMs <= leftMs) return null;
    return this.overloaded(request, 'late');
  }

  private overloaded(request: AdmissionRequest, reason: LineRefusal): RelayError {
    return this.refusals.overloaded(reason, this.outlook(request).waitMs);
  }

  private leave(waiter: Waiter, why: 'deadline' | 'late' | 'aborted'): void {
    if (!this.room.remove(waiter)) return;
    this.desk.adjust(waiter.tenantId);
    if (why === 'aborted') waiter.refuse(abortError(waiter.request.signal));
    else waiter.refuse(this.overloaded(waiter.request, why === 'late' ? 'late' : 'expired'));
    this.context.onLeft(waiter.request);
  }

  private refuseAll(tenantId: string, error: RelayError): void {
    for (const queueClass of ['short', 'long'] as const) {
      for (let head = this.room.takeHead(tenantId, queueClass); head; head = this.room.takeHead(tenantId, queueClass)) {
        head.refuse(error);
      }
    }
  }

  /** How many more requests such as this one may start; none while its level has its share, or its model may not be called. */
  private headroom(request: OutlookRequest): number {
    const { clock, usage } = this.context;
    const now = clock.monotonic();
    const heldUntil = this.capacity.heldUntil(request, now);
    if (heldUntil !== null) {
      this.releaseAt(heldUntil);
      return 0;
    }
    const ofTenant = usage.headroom(request.tenantId, request.tenantConcurrency);
    return request.level === 'batch' ? Math.min(ofTenant, this.shares.batchRoom(this.slotCounts, now)) : ofTenant;
  }

  /** How many more slots long requests may take. */
  private longRoom(): number {
    return this.shares.longRoom(this.slotCounts, this.context.clock.monotonic());
  }

  private get slotCounts(): SlotCounts {
    return { own: this.capacity.slots, pool: this.context.sharedLimit() };
  }

  private occupy(request: AdmissionRequest, source: SlotSource, now: number): void {
    this.context.usage.take(request.tenantId);
    this.shares.take(useOf(request, source));
    this.capacity.started(request, now);
  }

  /** A slot of a request of the level batch is free again: for those of the tenant that is due first. One of them, not of each tenant. */
  private callBatch(): void {
    if (this.room.countOfLevel('batch') === 0) return;
    let next: string | null = null;
    let lowest = Infinity;
    for (const tenantId of this.room.tenantIds()) {
      const start = this.fair.startOf(tenantId);
      if (start >= lowest || !this.desk.hasBatchToStart(tenantId)) continue;
      [next, lowest] = [tenantId, start];
    }
    if (next !== null) this.desk.adjust(next);
  }

  /** A slot that such a request had is free. Others' tickets of the class may be called again, too. */
  private wakeFor(queueClass: QueueClass | null): void {
    if (queueClass === 'long' && this.news.othersStand('long')) this.pump.othersWait = true;
    this.pump.wake();
  }

  /** The provider's limits have no room before `until`: who cannot wait so long is told so now, and may go elsewhere. */
  private hold(until: number): void {
    this.releaseAt(until);
    const { clock } = this.context;
    const now = clock.monotonic();
    const late = this.room.filter(({ request, startsBy }) => {
      const opensAt = this.capacity.opensAt(request, now);
      return opensAt !== null && clock.now() + opensAt - now > startsBy;
    });
    for (const waiter of late) this.leave(waiter, 'late');
  }

  /** Looks again at what waits for a rate limit, as soon as one has room. */
  private releaseAt(until: number): void {
    if (this.releasesAt <= until || this.closed !== null) return;
    const { clock } = this.context;
    this.cancelRelease();
    this.releasesAt = until;
    this.cancelRelease = clock.after(until - clock.monotonic(), () => this.releaseHeld());
  }

  private releaseHeld(): void {
    this.releasesAt = Infinity;
    this.adjustAll();
    this.pump.wake();
  }

  private learn({ request, startedAt }: HeldSlot, report: SlotReport): void {
    const tookMs = this.context.clock.monotonic() - startedAt;
    if (report.ended === 'completed') this.drain.observe(tookMs, request.cost, report.cost); // failures take no time
    const [inSlots, borrowed] = [this.inUse - this.pump.fetches, this.borrowed.size - this.borrowed.ownCount];
    this.capacity.ended(report, request.model, startedAt, { inSlots, borrowed });
  }

  private adjustAll(): void {
    for (const tenantId of [...this.room.tenantIds()]) this.desk.adjust(tenantId);
  }

  /** Of the tickets in line, own and others', as far as is known. */
  private lowestTag(queueClass: QueueClass): number {
    const own = this.desk.lowestTag(queueClass) ?? Infinity;
    return Math.min(own, this.news.heads.lowest(queueClass, this.context.clock.monotonic()));
  }

  private onStanding(): void {
    this.pump.wake();
    this.news.ticketStands();
  }

  private ownHeads(): Heads | null {
    if (this.desk.size === 0) return null;
    return { short: this.desk.lowestTag('short'), long: this.desk.lowestTag('long') };
  }

  /** What another process charged a tenant, or took back of it. */
  private hearCharge(tenantId: string, weighted: number): void {
    this.fair.chargedElsewhere(tenantId, weighted);
    if (weighted < 0) this.desk.restamp(tenantId);
  }

  private adjustWaiting(tenantId: string): void {
    if (this.room.size > 0) this.desk.adjust(tenantId);
  }

  private mergeClock(reading: ClockReading): void {
    this.fair.served(reading.virtualTime);
    this.desk.rebase(reading.base);
  }

  private returned(queueClass: QueueClass | null): void {
    if (queueClass === 'long') this.shares.giveBack(LENT_LONG);
    this.context.onReturned();
    this.wakeFor(queueClass);
  }

  /** A ticket is called: one slot is set aside for it. */
  private call(taken: TakenTicket): void {
    const { owner, tenant, tag, class: queueClass } = taken.data;
    if (owner !== this.context.bus.processId) {
      this.fair.served(tag);
      this.held--;
      this.news.heads.called(owner, queueClass);
      if (queueClass === 'long') this.shares.take(LENT_LONG);
      return this.leases.offer(taken, this.clockReading());
    }
    const waiter = this.desk.bind(taken.id, tenant, queueClass, tag);
    if (waiter) this.grant(waiter, { kind: 'ticket', taken });
    else this.giveBack({ kind: 'ticket', taken });
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
    this.occupy(waiter.request, source, now);
    const waitedMs = now - waiter.joinedAt;
    waiter.grant(new HeldSlot(this, waiter.request, source, waiter.class, waitedMs, now, waiter.told));
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

/** A slot that another process's long request uses. */
const LENT_LONG: SlotUse = { long: true, batch: false };

function useOf({ class: queueClass, level }: AdmissionRequest, { kind }: SlotSource): SlotUse {
  return { long: queueClass === 'long' && kind !== 'borrowed', batch: level === 'batch' };
}
