import type { QueueClass } from '@relay/contracts';
import type { Clock } from '@relay/core';
import type { LineTicket, TakenTicket, TicketLine } from '../ports/ticket-line.port';
import { MemoryTicketLine } from './memory-ticket-line';
import { withTimeLimit } from './time-limit';

/** Longer than a healthy store ever takes (p99 under 5 ms); then the line goes on without it, ms. */
const CALL_LIMIT_MS = 1_000;
/** A line that takes longer than this for each ticket, for a second on end, hands out fewer than there are slots: memory is faster, ms. */
const SLOW_MS = 100;
const SLOW_FOR_MS = 1_000;
/** While the store is away it is tried in this rhythm, ms. */
const RETRY_EVERY_MS = 2_000;
/** How often at most a line that says it is empty is told of the tickets that should stand in it, ms. */
const MEND_EVERY_MS = 250;

export interface LineHealth {
  lost(error: unknown): void;
  restored(): void;
}

/**
 * The shared line, with this process's own tickets mirrored in memory. While the shared line fails, or is slow, this process serves its own
 * requests with its own slots in the same order; once it is back, what still waits is put in line again. Tickets that stand in
 * the shared line twice or too long are harmless, because a ticket is bound to a request only when it is called.
 */
export class FailoverTicketLine implements TicketLine {
  private readonly mirror = new MemoryTicketLine();
  private down = false;
  private closed = false; // then the shared line is not touched any more: it opens itself when it is used
  private retryAt = 0; // monotonic ms
  private mendAt = 0; // monotonic ms
  private slow: { readonly since: number; readonly until: number } | null = null; // monotonic ms

  constructor(
    private readonly shared: TicketLine,
    private readonly clock: Clock,
    private readonly health: LineHealth,
  ) {}

  get isApart(): boolean {
    return this.down;
  }

  async add(ticket: LineTicket): Promise<void> {
    await this.mirror.add(ticket);
    await this.attempt(() => this.shared.add(ticket));
  }

  async take(queueClass: QueueClass): Promise<TakenTicket | null> {
    let taken = await this.takeShared(queueClass);
    if (taken === null && (await this.mend(queueClass))) taken = await this.takeShared(queueClass);
    if (taken === undefined) return this.mirror.take(queueClass);
    if (taken) await this.mirror.remove(taken);
    return taken;
  }

  async remove(ticket: LineTicket): Promise<void> {
    await this.mirror.remove(ticket);
    await this.attempt(() => this.shared.remove(ticket));
  }

  async reprioritise(ticket: LineTicket, priority: number): Promise<void> {
    await this.mirror.reprioritise(ticket, priority);
    await this.attempt(() => this.shared.reprioritise(ticket, priority));
  }

  async stands(ticket: LineTicket): Promise<boolean> {
    return (await this.attempt(() => this.shared.stands(ticket))) ?? this.mirror.stands(ticket);
  }

  forget(ticketId: string): void {
    this.mirror.forget(ticketId);
    this.shared.forget(ticketId);
  }

  ping(): Promise<void> {
    return this.shared.ping();
  }

  async renew(): Promise<void> {
    if (this.closed) return;
    if (this.down) return this.restore();
    await this.attempt(() => this.shared.renew());
    const [oldest] = this.mirror.all();
    const looked = new Set([oldest, this.mirror.first('short'), this.mirror.first('long')]);
    for (const ticket of looked) if (ticket && !(await this.stands(ticket))) await this.mend(ticket.data.class);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.shared.close();
    await this.mirror.close();
  }

  private async takeShared(queueClass: QueueClass): Promise<TakenTicket | null | undefined> {
    const askedAt = this.clock.monotonic();
    const taken = await this.attempt(
      () => this.shared.take(queueClass),
      (late) => void late?.putBack().catch(() => undefined), // whoever it is from may wait for it
    );
    if (taken !== undefined) this.judge(askedAt);
    return taken;
  }

  /** A second without a quick answer: while each ticket takes so long, the slots of this process and those that it lends stand still. */
  private judge(askedAt: number): void {
    const now = this.clock.monotonic();
    if (now - askedAt < SLOW_MS) this.slow = null;
    else {
      const since = this.slow !== null && askedAt < this.slow.until + SLOW_FOR_MS ? this.slow.since : askedAt;
      this.slow = { since, until: now };
      if (now - since >= SLOW_FOR_MS) this.lose(new Error(`it takes over ${SLOW_MS} ms for a ticket`));
    }
  }

  /**
   * Puts this process's tickets in line again if they do not stand there: a store that was restarted, or emptied, forgets them without
   * an error. One that another process is calling just now stays as it is. `true` if there was anything to put.
   */
  private async mend(queueClass: QueueClass): Promise<boolean> {
    const now = this.clock.monotonic();
    const tickets = this.mirror.all().filter(({ data }) => data.class === queueClass);
    if (tickets.length === 0 || now < this.mendAt) return false;
    this.mendAt = now + MEND_EVERY_MS;
    await Promise.all(tickets.map((ticket) => this.attempt(() => this.shared.add(ticket))));
    return true;
  }

  /** `undefined` if the shared line is away. */
  private async attempt<T>(
    call: () => Promise<T>,
    onLate: (value: T) => void = () => undefined,
  ): Promise<T | undefined> {
    if (this.down || this.closed) return undefined;
    try {
      return await withTimeLimit(this.clock, CALL_LIMIT_MS, call(), onLate);
    } catch (error) {
      this.lose(error);
      return undefined;
    }
  }

  private lose(error: unknown): void {
    if (this.down || this.closed) return;
    this.down = true;
    this.slow = null;
    this.retryAt = this.clock.monotonic() + RETRY_EVERY_MS;
    this.health.lost(error);
  }

  private async restore(): Promise<void> {
    if (this.clock.monotonic() < this.retryAt) return;
    const askedAt = this.clock.monotonic();
    this.retryAt = askedAt + RETRY_EVERY_MS;
    try {
      await withTimeLimit(this.clock, CALL_LIMIT_MS, this.shared.ping(), () => undefined);
      if (this.clock.monotonic() - askedAt >= SLOW_MS) return; // it answers, but no sooner than when it was given up
      for (const ticket of this.mirror.all()) {
        if (this.closed) return;
        await withTimeLimit(this.clock, CALL_LIMIT_MS, this.shared.add(ticket), () => undefined);
      }
      if (this.closed) return;
      this.down = false;
      this.health.restored();
    } catch {
      // still away; said once when it went
    }
  }
}
