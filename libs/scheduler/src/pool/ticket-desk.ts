import type { QueueClass } from '@relay/contracts';
import type { Clock } from '@relay/core';
import { dueAt } from '../domain/levels';
import type { FairClock } from '../domain/fair-clock';
import type { LevelsElsewhere, UpperLevel } from '../domain/levels-elsewhere';
import { type LiveTicket, LiveTickets } from '../domain/live-tickets';
import { PriorityScale } from '../domain/priority-scale';
import type { WaitingRoom } from '../domain/waiting-room';
import type { LineTicket, TicketLine } from '../ports/ticket-line.port';
import type { Waiter } from './waiter';

/** Tickets of one tenant and class that stand in line at a time; the rest wait unstamped, so that late knowledge still counts. */
const LIVE_TICKETS = 2;
/** A ticket that has not been heard of for this long is looked up in the line, ms; the second where later ones have been called already. */
const REVIEW_AFTER_MS = 5_000;
const REVIEW_PASSED_AFTER_MS = 1_000;
/** Look-ups in one review, so that a long outage does not end in a burst. */
const MAX_REVIEWED = 50;

const CLASSES: readonly QueueClass[] = ['short', 'long'];
const SHORT_ONLY: readonly QueueClass[] = ['short'];

interface DeskOptions {
  readonly poolId: string;
  readonly processId: string;
  readonly room: WaitingRoom<Waiter>;
  readonly fair: FairClock;
  readonly line: TicketLine;
  /** How many more slots requests such as this one may take. */
  readonly headroom: (request: Waiter['request']) => number;
  readonly clock: Clock;
  /** How many more slots long requests may take. */
  readonly longRoom: () => number;
  /** What waits in other processes: requests of a level below let it pass. */
  readonly elsewhere: LevelsElsewhere;
  /** What waits of a tenant, or may be called, may have changed. */
  readonly onAdjusted: (tenantId: string) => void;
  /** A ticket that was issued for a request of the level batch served another. */
  readonly onBatchFree: () => void;
  /** A ticket stands in line now. */
  readonly onStanding: () => void;
  /** A call to the line failed in a way that the line could not make good. */
  readonly onFault: (error: unknown) => void;
}

/** The owner's side of the line: issues tickets for the requests that wait here, and binds a waiting request to each that is called. */
export class TicketDesk {
  readonly scale = new PriorityScale();
  private readonly live = new LiveTickets();
  private issued = 0;

  constructor(private readonly options: DeskOptions) {}

  get size(): number {
    return this.live.size;
  }

  /** Tokens of a tenant that are stamped already. */
  stampedOf(tenantId: string): number {
    let sum = 0;
    for (const queueClass of CLASSES) for (const { cost } of this.live.of(tenantId, queueClass)) sum += cost;
    return sum;
  }

  /** The lowest start tag of the tickets in line. */
  lowestTag(queueClass: QueueClass): number | undefined {
    return this.live.lowestTag(queueClass);
  }

  countOf(queueClass: QueueClass): number {
    return this.live.countOf(queueClass);
  }

  /** Brings a tenant's live tickets to the number that its waiting requests and its concurrency limit call for. */
  adjust(tenantId: string): void {
    for (const queueClass of CLASSES) {
      const wanted = this.wanted(tenantId, queueClass);
      for (let place = this.live.of(tenantId, queueClass).length; place < wanted; place++) {
        this.issue(tenantId, queueClass, place);
      }
      for (const surplus of this.live.of(tenantId, queueClass).slice(wanted)) this.withdraw(surplus);
    }
    this.options.onAdjusted(tenantId);
  }

  /** Since when the tenant's first request of the class and level waits that may be called in any process. Monotonic ms. */
  waitsSince(tenantId: string, queueClass: QueueClass, level: UpperLevel): number | undefined {
    const { room, line } = this.options;
    if (line.isApart) return undefined;
    return room.firstOfLevel(tenantId, queueClass, level, this.mayRun)?.since;
  }

  /** Whether something of the level batch waits of a tenant that lets nothing pass that waits in another process. */
  hasBatchToStart(tenantId: string): boolean {
    const { room } = this.options;
    return CLASSES.some((queueClass) => {
      const first = room.firstOfLevel(tenantId, queueClass, 'batch', () => true);
      return first !== undefined && !this.letsPass(first);
    });
  }

  /** Another process took charges of the tenant back: tickets that stand behind those get the places that are theirs now. */
  restamp(tenantId: string): void {
    const { fair } = this.options;
    const tickets = CLASSES.flatMap((queueClass) => this.live.of(tenantId, queueClass));
    const [first] = tickets.sort((one, other) => one.startTag - other.startTag);
    if (!first) return;
    const charged = tickets.reduce((sum, { cost, weight }) => sum + cost / weight, 0);
    const start = Math.max(fair.virtualTime, fair.startOf(tenantId) - charged);
    const turn = Math.max(...tickets.map(({ cost, weight }) => cost / weight));
    if (first.startTag - start <= turn) return; // corrections of that size come all the time
    for (const ticket of tickets) this.withdraw(ticket);
    this.adjust(tenantId);
  }

  /** The request that a called ticket is for: the first of its tenant that may run. */
  bind(ticketId: string, tenantId: string, queueClass: QueueClass, calledTag: number): Waiter | undefined {
    const { room, fair, onBatchFree } = this.options;
    const ticket = this.live.delete(ticketId);
    const waiter = this.next(tenantId, queueClass);
    const charged = ticket?.cost ?? 0; // a ticket that was given up, or issued before an outage, is charged now
    fair.served(ticket?.startTag ?? calledTag);
    if (waiter) {
      if (ticket) fair.correct(tenantId, waiter.request.cost - charged, waiter.weight, ticket.told);
      else fair.stamp(tenantId, waiter.request.cost, waiter.weight);
      waiter.told = ticket ? ticket.told : fair.latestTold;
      room.remove(waiter);
    } else if (ticket) this.refund(ticket);
    if (ticket?.level === 'batch' && waiter?.level !== 'batch') onBatchFree();
    return waiter;
  }

  /**
   * Of the called class; of the other one, if that is of a level above and not older than levels yield: a ticket for batch work, which is
   * long as a rule, does not pass the tenant's own short requests.
   */
  private next(tenantId: string, queueClass: QueueClass): Waiter | undefined {
    const { room, longRoom } = this.options;
    const called = room.first(tenantId, queueClass, this.mayRun);
    const other =
      queueClass === 'short' && longRoom() <= 0 ? undefined : room.first(tenantId, otherThan(queueClass), this.mayRun);
    if (!called || !other || other.level === called.level) return called;
    return dueAt(other) < dueAt(called) ? other : called;
  }

  /** Virtual time or base moved: gives live tickets the priorities that follow from it. */
  rebase(base: number): void {
    if (!this.scale.rebase(base)) return;
    for (const ticket of this.live.all()) {
      const priority = this.scale.priorityOf(ticket.startTag);
      if (priority === ticket.priority) continue;
      const before = this.asLineTicket(ticket);
      ticket.priority = priority;
      this.run(this.options.line.reprioritise(before, priority));
    }
  }

  /** Looks after tickets that nobody has called for long: messages and stores may lose one. */
  async review(): Promise<void> {
    const now = this.options.clock.monotonic();
    const { virtualTime } = this.options.fair;
    const patience = (tag: number) => (tag < virtualTime ? REVIEW_PASSED_AFTER_MS : REVIEW_AFTER_MS);
    const overdue = [...this.live.all()].filter(({ seenAt, startTag }) => now - seenAt >= patience(startTag));
    for (const ticket of overdue.slice(0, MAX_REVIEWED)) {
      if (await this.options.line.stands(this.asLineTicket(ticket))) ticket.seenAt = now;
      else if (this.live.has(ticket.id)) this.replace(ticket);
    }
  }

  /** Takes every ticket out of the line. */
  async clear(): Promise<void> {
    const tickets = [...this.live.all()];
    for (const ticket of tickets) this.live.delete(ticket.id);
    await Promise.allSettled(tickets.map((ticket) => this.options.line.remove(this.asLineTicket(ticket))));
  }

  /** It may start, and nothing of its tenant that waits in another process goes before it. */
  private readonly mayRun = (waiter: Waiter): boolean => {
    return this.options.headroom(waiter.request) > 0 && !this.letsPass(waiter);
  };

  /** Something of its tenant that waits in another process goes before it, and may have the slots of this one. */
  private letsPass(waiter: Waiter): boolean {
    const { elsewhere, line, longRoom, clock } = this.options;
    if (elsewhere.isEmpty || line.isApart) return false;
    const classes = longRoom() > 0 ? CLASSES : SHORT_ONLY;
    return elsewhere.dueAbove(waiter.tenantId, waiter.level, classes, clock.monotonic()) < dueAt(waiter);
  }

  private wanted(tenantId: string, queueClass: QueueClass): number {
    const { room, headroom } = this.options;
    const first = room.first(tenantId, queueClass, this.mayRun);
    if (!first) return 0;
    // A ticket for each request of the level batch that may start: the rest would be called in vain.
    const promised = first.level === 'batch' ? this.live.batchCount - this.batchCountOf(tenantId, queueClass) : 0;
    return Math.min(LIVE_TICKETS, room.lengthOf(tenantId, queueClass), Math.max(0, headroom(first.request) - promised));
  }

  private batchCountOf(tenantId: string, queueClass: QueueClass): number {
    return this.live.of(tenantId, queueClass).filter(({ level }) => level === 'batch').length;
  }

  private issue(tenantId: string, queueClass: QueueClass, place: number): void {
    const { room, fair, processId } = this.options;
    const waiter = room.at(tenantId, queueClass, place);
    if (!waiter) return;
    if (this.scale.isWorn(fair.virtualTime)) this.rebase(fair.virtualTime);
    const { cost } = waiter.request;
    const startTag = fair.stamp(tenantId, cost, waiter.weight);
    const ticket: LiveTicket = {
      id: `${processId}-${(++this.issued).toString(36)}t`,
      tenantId,
      class: queueClass,
      level: waiter.request.level,
      cost,
      weight: waiter.weight,
      startTag,
      told: fair.latestTold,
      priority: this.scale.priorityOf(startTag),
      seenAt: this.options.clock.monotonic(),
    };
    this.live.add(ticket);
    this.run(this.stand(ticket));
  }

  private async stand(ticket: LiveTicket): Promise<void> {
    await this.options.line.add(this.asLineTicket(ticket));
    if (this.live.has(ticket.id)) this.options.onStanding();
  }

  private withdraw(ticket: LiveTicket): void {
    this.live.delete(ticket.id);
    this.refund(ticket);
    this.run(this.options.line.remove(this.asLineTicket(ticket)));
  }

  private replace(ticket: LiveTicket): void {
    this.live.delete(ticket.id);
    this.options.line.forget(ticket.id);
    this.refund(ticket);
    this.adjust(ticket.tenantId);
  }

  private refund({ tenantId, cost, weight, told }: LiveTicket): void {
    this.options.fair.correct(tenantId, -cost, weight, told);
  }

  private asLineTicket(ticket: LiveTicket): LineTicket {
    const { poolId, processId } = this.options;
    const { id, priority, tenantId, cost, level, startTag: tag } = ticket;
    return {
      id,
      priority,
      data: { pool: poolId, tenant: tenantId, class: ticket.class, owner: processId, cost, level, tag },
    };
  }

  private run(call: Promise<void>): void {
    call.catch(this.options.onFault);
  }
}

const otherThan = (queueClass: QueueClass): QueueClass => (queueClass === 'short' ? 'long' : 'short');
