import type { QueueClass } from '@relay/contracts';
import { LiveMap } from '@relay/core';
import type { LineTicket, TakenTicket, TicketLine } from '../ports/ticket-line.port';

/** The line of one process, in memory. A look at every ticket per call: there are only a few per tenant. */
export class MemoryTicketLine implements TicketLine {
  readonly isApart = false;
  private readonly tickets = new LiveMap<string, LineTicket>(); // in order of arrival
  private readonly putBackOnce = new Set<string>(); // of those that stand or are held

  all(): LineTicket[] {
    return [...this.tickets.values()];
  }

  /** Whether it stands here with this priority. */
  has({ id, priority }: LineTicket): boolean {
    return this.tickets.get(id)?.priority === priority;
  }

  add(ticket: LineTicket): Promise<void> {
    if (!this.tickets.has(ticket.id)) this.tickets.set(ticket.id, ticket);
    return Promise.resolve();
  }

  take(queueClass: QueueClass): Promise<TakenTicket | null> {
    const first = this.first(queueClass);
    if (!first) return Promise.resolve(null);
    this.tickets.delete(first.id);
    return Promise.resolve({ ...first, finish: () => this.remove(first), putBack: () => this.putBack(first) });
  }

  /** The one that is called next. */
  first(queueClass: QueueClass): LineTicket | null {
    let first: LineTicket | null = null;
    for (const ticket of this.tickets.values()) {
      if (ticket.data.class === queueClass && (!first || ticket.priority < first.priority)) first = ticket;
    }
    return first;
  }

  remove(ticket: LineTicket): Promise<void> {
    this.forget(ticket.id);
    return Promise.resolve();
  }

  reprioritise(ticket: LineTicket, priority: number): Promise<void> {
    if (this.tickets.has(ticket.id)) this.tickets.set(ticket.id, { ...ticket, priority });
    return Promise.resolve();
  }

  stands(ticket: LineTicket): Promise<boolean> {
    return Promise.resolve(this.tickets.has(ticket.id));
  }

  forget(ticketId: string): void {
    this.tickets.delete(ticketId);
    this.putBackOnce.delete(ticketId);
  }

  renew(): Promise<void> {
    return Promise.resolve();
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.tickets.clear();
    this.putBackOnce.clear();
    return Promise.resolve();
  }

  private putBack(ticket: LineTicket): Promise<void> {
    if (this.putBackOnce.delete(ticket.id)) return Promise.resolve();
    this.putBackOnce.add(ticket.id);
    return this.add(ticket);
  }
}
