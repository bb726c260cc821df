import type { MessageBus } from '../ports/message-bus.port';
import { LEASE_LOOKS } from './lease-book';

/**
 * The owner's side of lent slots: which process lent what, so that it can be told that the slot is used or free. One whose lender is gone, or has
 * heard of it for the last time so long ago that it took it back, counts as a slot of this process until its call ends.
 */
export class BorrowedSlots {
  private readonly lenders = new Map<string, string>(); // grant id → process id
  private readonly adopted = new Set<string>(); // grant ids
  private readonly unheard = new Map<string, number>(); // by process: reports since the last one that it got
  private readonly owed = new Set<string>(); // processes that lent slots since the last report

  constructor(
    private readonly poolId: string,
    private readonly bus: MessageBus,
    /** Slots that were another's are this process's now. */
    private readonly onAdopted: () => void,
    private readonly onFault: (error: unknown) => void,
  ) {}

  get size(): number {
    return this.lenders.size + this.adopted.size;
  }

  /** Those that nobody else counts any more. */
  get ownCount(): number {
    return this.adopted.size;
  }

  accept(grantId: string, lender: string): void {
    this.lenders.set(grantId, lender);
    this.owed.add(lender);
    this.bus.send(lender, { type: 'accept', pool: this.poolId, grantId }).catch(this.onFault);
  }

  decline(grantId: string, lender: string): void {
    this.bus.send(lender, { type: 'decline', pool: this.poolId, grantId }).catch(this.onFault);
  }

  /** A release that gets lost is made good by the next report, which does not name the slot any more. */
  giveBack(grantId: string): void {
    this.adopted.delete(grantId);
    const lender = this.lenders.get(grantId);
    if (lender === undefined) return;
    this.lenders.delete(grantId);
    this.bus.send(lender, { type: 'release', pool: this.poolId, grantId }).catch(this.onFault);
  }

  /**
   * Tells every lender which of its slots are in use; those that it used to have, too. All at once: a slot that is released while one lender is being told
   * would be named to the next one after its release, and be taken for lent again.
   */
  async report(): Promise<void> {
    for (const lender of this.owed) this.countReport(lender);
    const byLender = new Map<string, string[]>([...this.owed].map((lender) => [lender, []]));
    this.owed.clear();
    for (const [grantId, lender] of this.lenders) {
      byLender.set(lender, [...(byLender.get(lender) ?? []), grantId]);
      this.owed.add(lender); // to be told once more when the last one is given back
    }
    await Promise.all([...byLender].map(([lender, grantIds]) => this.tell(lender, grantIds)));
  }

  /** The lender does not count its slots any more. */
  adopt(lender: string): void {
    const before = this.adopted.size;
    for (const [grantId, by] of this.lenders) {
      if (by !== lender) continue;
      this.lenders.delete(grantId);
      this.adopted.add(grantId);
    }
    if (this.adopted.size > before) this.onAdopted();
  }

  /** One more report to a lender; after so many that it did not get it has taken its slots back. */
  private countReport(lender: string): void {
    const unheard = (this.unheard.get(lender) ?? 0) + 1;
    this.unheard.set(lender, unheard);
    if (unheard >= LEASE_LOOKS) this.adopt(lender);
  }

  private async tell(lender: string, grantIds: readonly string[]): Promise<void> {
    try {
      const reached = await this.bus.send(lender, { type: 'held', pool: this.poolId, grantIds: [...grantIds] });
      this.unheard.delete(lender);
      if (!reached) this.adopt(lender);
    } catch (error) {
      this.owed.add(lender);
      throw error;
    }
  }
}
