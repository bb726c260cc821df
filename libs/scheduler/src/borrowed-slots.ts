import type { MessageBus } from './ports/message-bus.port';

/** The owner's side of lent slots: which process lent what, so that it can be told that the slot is used or free. */
export class BorrowedSlots {
  private readonly lenders = new Map<string, string>(); // grant id → process id

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
    this.bus.send(lender, { type: 'accept', pool: this.poolId, grantId }).catch(this.onFault);
  }

  decline(grantId: string, lender: string): void {
    this.bus.send(lender, { type: 'decline', pool: this.poolId, grantId }).catch(this.onFault);
  }

  /** A release that gets lost is made good by silence: the lender takes the slot back when its lease ends. */
  giveBack(grantId: string): void {
    const lender = this.lenders.get(grantId);
    if (lender === undefined) return;
    this.lenders.delete(grantId);
    this.bus.send(lender, { type: 'release', pool: this.poolId, grantId }).catch(this.onFault);
  }

  /** Tells every lender which of its slots are in use. */
  async report(): Promise<void> {
    const byLender = new Map<string, string[]>();
    for (const [grantId, lender] of this.lenders) byLender.set(lender, [...(byLender.get(lender) ?? []), grantId]);
    for (const [lender, grantIds] of byLender) {
      await this.bus.send(lender, { type: 'held', pool: this.poolId, grantIds });
    }
  }
}
