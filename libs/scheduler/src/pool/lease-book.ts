import type { QueueClass } from '@relay/contracts';
import { LiveMap, type Clock } from '@relay/core';
import type { ClockReading } from '../messages';
import type { MessageBus } from '../ports/message-bus.port';
import type { TakenTicket } from '../ports/ticket-line.port';

/** An owner that has not taken an offered slot within this time has lost it, ms. */
const ACCEPT_WITHIN_MS = 1_000;
/**
 * A lent slot comes back when its owner has not said that it uses it before so many looks in a row, of which there is one a second; owners say it each
 * second. Looks are counted rather than time: a process that stood still reads what owners said meanwhile before it looks again.
 */
export const LEASE_LOOKS = 3;

interface Lease {
  readonly owner: string;
  readonly taken: TakenTicket | null;
  used: boolean; // the owner has said so
  quiet: number; // looks since the owner said so
  cancelOffer: () => void;
}

/** The granter's side: slots of this process that requests of other processes use. A lease ends by release, refusal or silence. */
export class LeaseBook {
  private readonly leases = new LiveMap<string, Lease>();
  private offers = 0;

  constructor(
    private readonly poolId: string,
    private readonly bus: MessageBus,
    private readonly clock: Clock,
    private readonly onFreed: (queueClass: QueueClass | null) => void,
    private readonly onFault: (error: unknown) => void,
  ) {}

  get size(): number {
    return this.leases.size;
  }

  /** Offers a slot to the owner of a ticket. */
  offer(taken: TakenTicket, clock: ClockReading): void {
    const grantId = `${this.bus.processId}-${(++this.offers).toString(36)}g`;
    const { owner, tenant, class: queueClass } = taken.data;
    const cancelOffer = this.clock.after(ACCEPT_WITHIN_MS, () => this.withdraw(grantId));
    this.leases.set(grantId, { owner, taken, used: false, quiet: 0, cancelOffer });
    this.bus
      .send(owner, {
        type: 'grant',
        pool: this.poolId,
        clock,
        grantId,
        ticketId: taken.id,
        tenant,
        class: queueClass,
      })
      .then((reached) => (reached ? undefined : this.end(grantId)), this.onFault); // one that failed may be on its way all the same
  }

  /**
   * The owner uses the slot. An answer that comes after the offer was withdrawn counts as well, beyond the limit if need be:
   * the upstream call is running, and the slot is free again when it ends.
   */
  confirm(grantId: string, owner: string): void {
    const lease = this.leases.get(grantId);
    if (!lease) {
      this.leases.set(grantId, { owner, taken: null, used: true, quiet: 0, cancelOffer: () => undefined });
      return;
    }
    lease.cancelOffer();
    lease.used = true;
    lease.quiet = 0;
  }

  /**
   * All slots that an owner uses. One that it used and does not name any more it gave back, in a message that got lost: messages between two
   * processes keep their order.
   */
  holds(owner: string, grantIds: readonly string[]): void {
    for (const grantId of grantIds) this.confirm(grantId, owner);
    const named = new Set(grantIds);
    for (const [grantId, lease] of this.leases) {
      if (lease.owner === owner && lease.used && !named.has(grantId)) this.end(grantId);
    }
  }

  /** Released or declined. */
  end(grantId: string): void {
    const lease = this.take(grantId);
    if (!lease) return;
    lease.taken?.finish().catch(this.onFault);
    this.onFreed(lease.taken?.data.class ?? null);
  }

  /** Takes back the slots of owners that have fallen silent; to be called each second. */
  expire(): void {
    for (const [grantId, lease] of this.leases) if (lease.used && ++lease.quiet >= LEASE_LOOKS) this.end(grantId);
  }

  /** Nobody answered: the offer or its answer got lost, and the owner may wait still. */
  private withdraw(grantId: string): void {
    const lease = this.take(grantId);
    if (!lease) return;
    lease.taken?.putBack().catch(this.onFault);
    this.onFreed(lease.taken?.data.class ?? null);
  }

  private take(grantId: string): Lease | undefined {
    const lease = this.leases.get(grantId);
    this.leases.delete(grantId);
    lease?.cancelOffer();
    return lease;
  }
}
