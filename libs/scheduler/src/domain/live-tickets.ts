import type { QueueClass, ServiceLevel } from '@relay/contracts';
import { LiveMap } from '@relay/core';
import { TagHeap } from './tag-heap';

export interface LiveTicket {
  readonly id: string;
  readonly tenantId: string;
  readonly class: QueueClass;
  readonly level: ServiceLevel;
  readonly cost: number; // tokens it was charged with
  readonly weight: number;
  readonly startTag: number;
  readonly told: boolean; // the other processes heard of its charge
  priority: number;
  seenAt: number; // monotonic ms at which it was known to stand in line
}

/** The tickets of this process that stand in one pool's line, found by id, tenant or class. */
export class LiveTickets {
  private readonly byId = new LiveMap<string, LiveTicket>();
  private readonly count: Record<QueueClass, number> = { short: 0, long: 0 };
  private readonly tags: Record<QueueClass, TagHeap> = {
    short: new TagHeap((id) => this.byId.has(id)),
    long: new TagHeap((id) => this.byId.has(id)),
  };
  private batch = 0;
  private readonly perTenant: Record<QueueClass, Map<string, LiveTicket[]>> = { short: new Map(), long: new Map() };

  get size(): number {
    return this.byId.size;
  }

  all(): IterableIterator<LiveTicket> {
    return this.byId.values();
  }

  countOf(queueClass: QueueClass): number {
    return this.count[queueClass];
  }

  /** Tickets that were issued for requests of the level batch. */
  get batchCount(): number {
    return this.batch;
  }

  /** The lowest start tag; undefined without a ticket. */
  lowestTag(queueClass: QueueClass): number | undefined {
    return this.tags[queueClass].lowest();
  }

  of(tenantId: string, queueClass: QueueClass): readonly LiveTicket[] {
    return this.perTenant[queueClass].get(tenantId) ?? [];
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  add(ticket: LiveTicket): void {
    this.byId.set(ticket.id, ticket);
    this.count[ticket.class]++;
    if (ticket.level === 'batch') this.batch++;
    this.tags[ticket.class].add(ticket.id, ticket.startTag);
    this.perTenant[ticket.class].set(ticket.tenantId, [...this.of(ticket.tenantId, ticket.class), ticket]);
  }

  delete(id: string): LiveTicket | undefined {
    const ticket = this.byId.get(id);
    if (!ticket) return undefined;
    this.byId.delete(id);
    this.count[ticket.class]--;
    if (ticket.level === 'batch') this.batch--;
    const rest = this.of(ticket.tenantId, ticket.class).filter((other) => other !== ticket);
    if (rest.length > 0) this.perTenant[ticket.class].set(ticket.tenantId, rest);
    else this.perTenant[ticket.class].delete(ticket.tenantId);
    return ticket;
  }
}
