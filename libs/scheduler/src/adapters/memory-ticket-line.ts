import type { QueueClass } from '@relay/contracts';
import type { LineTicket, TakenTicket, TicketLine } from '../ports/ticket-line.port';

/** The line of one process, in memory. A look at every ticket per call: there are only a few per tenant. */
export class MemoryTicketLine implements TicketLine {
  private readonly tickets = new Map<string, LineTicket>(); // in order of arrival

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
    let first: LineTicket | null = null;
    for (const ticket of this.tickets.values()) {
      if (ticket.data.class === queueClass && (!first || ticket.priority < first.priority)) first = ticket;
    }
    if (!first) return Promise.resolve(null);
    this.tickets.delete(first.id);
    return Promise.resolve({ ...first, finish: () => Promise.resolve() });
  }

  remove(ticket: LineTicket): Promise<void> {
    this.tickets.delete(ticket.id);
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
  }

  renew(): Promise<void> {
    return Promise.resolve();
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.tickets.clear();
    return Promise.resolve();
  }
}
