import type { Clock } from '@relay/core';
import type { SlotClaim, SlotGrant, SlotLedger } from '../ports/slot-ledger.port';
import { withTimeLimit } from './time-limit';

/** Longer than a healthy ledger ever takes (p99 under 5 ms), and as long as the line is waited for, ms. */
const ANSWER_WITHIN_MS = 1_000;

/** A ledger that answers in time or fails; time in which this process stands still does not count. */
export class TimedSlotLedger implements SlotLedger {
  constructor(
    private readonly ledger: SlotLedger,
    private readonly clock: Clock,
  ) {}

  get leaseMs(): number {
    return this.ledger.leaseMs;
  }

  balance(claims: readonly SlotClaim[]): Promise<readonly SlotGrant[]> {
    return this.inTime(Promise.resolve(this.ledger.balance(claims)));
  }

  onBack(listener: () => void): void {
    this.ledger.onBack?.(listener);
  }

  leave(pools?: readonly string[]): Promise<void> {
    return this.inTime(this.ledger.leave(pools));
  }

  /** What comes too late the next answer says again. */
  private inTime<T>(answer: Promise<T>): Promise<T> {
    return withTimeLimit(this.clock, ANSWER_WITHIN_MS, answer, () => undefined);
  }
}
