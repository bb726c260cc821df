import type { QueueClass } from '@relay/contracts';

export interface Waiting {
  readonly tenantId: string;
  readonly class: QueueClass;
  readonly weight: number;
}

interface TenantLines<W> {
  readonly short: Set<W>; // sets keep the order of arrival and forget from the middle at no cost
  readonly long: Set<W>;
  weight: number; // as of the latest arrival
}

export interface RoomCaps {
  readonly perTenant: number; // requests
  readonly total: number; // requests
}

/** Why a request may not wait. */
export type RoomRefusal = 'tenant-full' | 'room-full';

/**
 * The requests that wait for one pool in this process: per tenant and class, first in, first out.
 *
 *   tenant A   short: r1 r4 r7    long: r2
 *   tenant B   short: r3          long: r5 r6
 */
export class WaitingRoom<W extends Waiting> {
  private readonly tenants = new Map<string, TenantLines<W>>();
  private readonly count: Record<QueueClass, number> = { short: 0, long: 0 };
  private weights = 0;

  get size(): number {
    return this.count.short + this.count.long;
  }

  sizeOf(tenantId: string): number {
    const lines = this.tenants.get(tenantId);
    return lines ? lines.short.size + lines.long.size : 0;
  }

  lengthOf(tenantId: string, queueClass: QueueClass): number {
    return this.tenants.get(tenantId)?.[queueClass].size ?? 0;
  }

  countOf(queueClass: QueueClass): number {
    return this.count[queueClass];
  }

  tenantIds(): IterableIterator<string> {
    return this.tenants.keys();
  }

  refusal(tenantId: string, caps: RoomCaps): RoomRefusal | null {
    if (this.sizeOf(tenantId) >= caps.perTenant) return 'tenant-full';
    return this.size >= caps.total ? 'room-full' : null;
  }

  add(waiting: W): void {
    const lines = this.tenants.get(waiting.tenantId) ?? this.open(waiting.tenantId);
    this.weights += waiting.weight - lines.weight;
    lines.weight = waiting.weight;
    lines[waiting.class].add(waiting);
    this.count[waiting.class]++;
  }

  remove(waiting: W): boolean {
    const lines = this.tenants.get(waiting.tenantId);
    if (!lines?.[waiting.class].delete(waiting)) return false;
    this.count[waiting.class]--;
    if (lines.short.size + lines.long.size === 0) {
      this.weights -= lines.weight;
      this.tenants.delete(waiting.tenantId);
    }
    return true;
  }

  takeHead(tenantId: string, queueClass: QueueClass): W | undefined {
    const head = this.at(tenantId, queueClass, 0);
    if (head) this.remove(head);
    return head;
  }

  /** The request at a place in line, 0 being the head; places are few (see the tickets a tenant may have). */
  at(tenantId: string, queueClass: QueueClass, place: number): W | undefined {
    let index = 0;
    for (const waiting of this.tenants.get(tenantId)?.[queueClass] ?? []) {
      if (index++ === place) return waiting;
    }
    return undefined;
  }

  /**
   * How many requests will be served before one that joins now, when tenants are served by weight: its tenant's own line,
   * stretched by that tenant's share, but never more than everybody who waits.
   */
  ahead(tenantId: string, weight: number): number {
    const own = this.sizeOf(tenantId);
    const others = this.weights - (this.tenants.get(tenantId)?.weight ?? 0);
    return Math.min(this.size, (own + 1) * (1 + others / weight) - 1);
  }

  private open(tenantId: string): TenantLines<W> {
    const lines: TenantLines<W> = { short: new Set(), long: new Set(), weight: 0 };
    this.tenants.set(tenantId, lines);
    return lines;
  }
}
