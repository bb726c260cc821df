import type { QueueClass } from '@relay/contracts';
import type { Clock } from '@relay/core';
import type { LineTicket, TakenTicket, TicketLine } from '../ports/ticket-line.port';
import type { LineHealth } from './failover-ticket-line';
import { MemoryTicketLine } from './memory-ticket-line';
import { withTimeLimit } from './time-limit';

/** The record follows the line in this rhythm, ms: what is called sooner than that is never written. */
const WRITE_EVERY_MS = 250;
/** Tickets written or removed at a time. An embedded database takes about 0.7 ms for each, and has other things to do. */
const MAX_CHANGES = 25;
/** After a failure the record is tried again in this rhythm, ms. */
const RETRY_EVERY_MS = 2_000;
/** How long the last look at the record may take when the line closes, ms. */
const CLOSE_WITHIN_MS = 1_000;

/** Where the tickets of a process can be seen from outside. */
export interface TicketRecord {
  /** Removes whatever waits there, of whatever process. */
  empty(): Promise<void>;
  add(tickets: readonly LineTicket[]): Promise<void>;
  /** One that is not there is no error. */
  remove(ticket: LineTicket): Promise<void>;
  close(): Promise<void>;
}

/**
 * The line of a process that shares its slots with no other: all tickets are its own, so it calls them from memory, and the queue
 * library's tables are a record that follows. No slot waits for a database, and however busy the line is, the record costs the same.
 */
export class WriteBehindTicketLine implements TicketLine {
  readonly isApart = false;
  private readonly line = new MemoryTicketLine();
  private readonly written = new Map<string, LineTicket>(); // as the record has them; at most the tickets that stood at one time
  private trusted = false; // the record holds what `written` says; not before it was emptied of what an earlier process left
  private changed = false;
  private failing = false;
  private busy: Promise<void> | null = null;
  private closed = false;
  private cancelWrite: (() => void) | null = null;

  constructor(
    private readonly record: TicketRecord,
    private readonly clock: Clock,
    private readonly health: LineHealth,
  ) {}

  add(ticket: LineTicket): Promise<void> {
    this.note();
    return this.line.add(ticket);
  }

  take(queueClass: QueueClass): Promise<TakenTicket | null> {
    this.note();
    return this.line.take(queueClass);
  }

  remove(ticket: LineTicket): Promise<void> {
    this.note();
    return this.line.remove(ticket);
  }

  reprioritise(ticket: LineTicket, priority: number): Promise<void> {
    this.note();
    return this.line.reprioritise(ticket, priority);
  }

  stands(ticket: LineTicket): Promise<boolean> {
    return this.line.stands(ticket);
  }

  forget(ticketId: string): void {
    this.line.forget(ticketId);
  }

  renew(): Promise<void> {
    return Promise.resolve();
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.cancelWrite?.();
    await this.line.close();
    const lastLook = (this.busy ?? Promise.resolve()).then(() =>
      this.written.size > 0 ? this.record.empty() : undefined,
    );
    await withTimeLimit(this.clock, CLOSE_WITHIN_MS, lastLook, () => undefined).catch(() => undefined); // emptied at the next start
    await this.record.close();
  }

  private note(): void {
    this.changed = true;
    this.schedule(WRITE_EVERY_MS);
  }

  private schedule(ms: number): void {
    if (this.closed || this.cancelWrite || this.busy) return;
    this.cancelWrite = this.clock.after(ms, () => {
      this.cancelWrite = null;
      this.busy = this.write();
    });
  }

  /** Never rejects. */
  private async write(): Promise<void> {
    this.changed = false;
    let pauseMs = WRITE_EVERY_MS;
    try {
      await this.catchUp();
      if (this.failing) this.health.restored();
      this.failing = false;
    } catch (error) {
      pauseMs = RETRY_EVERY_MS;
      this.trusted = false;
      this.changed = true;
      this.fail(error);
    }
    this.busy = null;
    if (this.changed) this.schedule(pauseMs);
  }

  private fail(error: unknown): void {
    if (!this.failing && !this.closed) this.health.lost(error);
    this.failing = true;
  }

  /** Brings the record nearer to the line; what goes comes first, so that it is never longer than the line was. */
  private async catchUp(): Promise<void> {
    if (!this.trusted) await this.start();
    const stale = [...this.written.values()].filter((ticket) => !this.line.has(ticket));
    for (const ticket of stale.slice(0, MAX_CHANGES)) {
      if (this.closed) return;
      await this.record.remove(ticket);
      this.written.delete(ticket.id);
    }
    const missing = this.line.all().filter(({ id }) => !this.written.has(id));
    const room = Math.max(0, MAX_CHANGES - stale.length);
    if (this.closed) return;
    for (const ticket of missing.slice(0, room)) this.written.set(ticket.id, ticket);
    await this.record.add(missing.slice(0, room));
    if (stale.length + missing.length > MAX_CHANGES) this.changed = true;
  }

  private async start(): Promise<void> {
    await this.record.empty();
    this.written.clear();
    this.trusted = true;
  }
}
