import type { MessageBus } from '../ports/message-bus.port';

/** The owner's side of lent slots: which process lent what, so that it can be told that the slot is used or free. */
export class BorrowedSlots {
  private readonly lenders = new Map<string, string>(); // grant id → process id
  private readonly owed = new Set<string>(); // processes that lent slots since the last report

  constructor(
    private readonly poolId: string,
    private readonly bus: MessageBus,
    private readonly onFault: (error: unknown) => void,
  ) {}

  get size(): number {
    return this.lenders.size;
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
    const byLender = new Map<string, string[]>([...this.owed].map((lender) => [lender, []]));
    this.owed.clear();
    for (const [grantId, lender] of this.lenders) {
      byLender.set(lender, [...(byLender.get(lender) ?? []), grantId]);
      this.owed.add(lender); // to be told once more when the last one is given back
    }
    await Promise.all([...byLender].map(([lender, grantIds]) => this.tell(lender, grantIds)));
  }

  private async tell(lender: string, grantIds: readonly string[]): Promise<void> {
    try {
      await this.bus.send(lender, { type: 'held', pool: this.poolId, grantIds: [...grantIds] });
    } catch (error) {
      this.owed.add(lender);
      throw error;
    }
  }
}
