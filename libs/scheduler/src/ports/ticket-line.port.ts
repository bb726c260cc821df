import type { QueueClass, Ticket } from '@relay/contracts';

/** A ticket as it stands in line. */
export interface LineTicket {
  readonly id: string;
  /** 1 is served first; see `PriorityScale`. */
  readonly priority: number;
  readonly data: Ticket;
}

/** A ticket that was taken out of the line and is held, under a lock that `renew` keeps, until `finish` or `putBack`. */
export interface TakenTicket extends LineTicket {
  finish(): Promise<void>;
  /** It was called in vain, but its owner may still wait: it stands in line again, once; the next time this is `finish`. */
  putBack(): Promise<void>;
}

/** The line of tickets of one pool, one per class. Every call is bounded in time by the implementation that needs it. */
export interface TicketLine {
  /** For now this process calls its own tickets only, and nobody else does. */
  readonly isApart: boolean;
  /** Adding an id that stands in line already changes nothing. */
  add(ticket: LineTicket): Promise<void>;
  /** The ticket with the lowest priority, the older one of two equals; `null` when the line is empty. */
  take(queueClass: QueueClass): Promise<TakenTicket | null>;
  /** Takes a ticket out; one that is not in line (any more) is no error. */
  remove(ticket: LineTicket): Promise<void>;
  reprioritise(ticket: LineTicket, priority: number): Promise<void>;
  stands(ticket: LineTicket): Promise<boolean>;
  /** A ticket of this process was called by another process. */
  forget(ticketId: string): void;
  /** Keeps the locks of every ticket that this process holds; called every second or so. */
  renew(): Promise<void>;
  /** Fails while the store is away, or takes no tickets. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
