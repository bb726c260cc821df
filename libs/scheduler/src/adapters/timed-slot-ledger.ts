import type { Clock } from '@relay/core';
import type { SlotClaim, SlotGrant, SlotLedger } from '../ports/slot-ledger.port';
import { withTimeLimit } from './time-limit';

/** Longer than a healthy ledger ever takes (p99 under 5 ms), and as long as the line is waited for, ms. */
const ANSWER_WITHIN_MS = 1_000;

/** Claims in one question: some 12 ms of Redis, of which other processes have their turn in between. */
const PIECE = 50;

/** A ledger that answers in time or fails; time in which this process stands still does not count. */
export class TimedSlotLedger implements SlotLedger {
  constructor(
    private readonly ledger: SlotLedger,
    private readonly clock: Clock,
  ) {}

  get leaseMs(): number {
    return this.ledger.leaseMs;
  }

  /** Piece by piece, each in time: many tenants' slots do not cost the providers' theirs, which come first. What failed is null. */
  async balance(claims: readonly SlotClaim[]): Promise<readonly (SlotGrant | null)[]> {
    const grants = [...(await this.settle(claims.slice(0, PIECE)))];
    while (grants.length < claims.length) {
      const piece = claims.slice(grants.length, grants.length + PIECE);
      try {
        grants.push(...(await this.settle(piece)));
      } catch {
        return claims.map((_claim, i) => grants[i] ?? null); // the rest is asked again
      }
    }
    return grants;
  }

  onBack(listener: () => void): void {
    this.ledger.onBack?.(listener);
  }

  leave(pools?: readonly string[]): Promise<void> {
    return this.inTime(this.ledger.leave(pools));
  }

  private settle(claims: readonly SlotClaim[]): Promise<readonly (SlotGrant | null)[]> {
    return this.inTime(Promise.resolve(this.ledger.balance(claims)));
  }

  /** What comes too late the next answer says again. */
  private inTime<T>(answer: Promise<T>): Promise<T> {
    return withTimeLimit(this.clock, ANSWER_WITHIN_MS, answer, () => undefined);
  }
}
