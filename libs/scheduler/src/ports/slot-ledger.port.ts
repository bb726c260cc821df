/** What one process asks of the ledger for one pool of slots (of a provider, or of a tenant with a limit of its own). */
export interface SlotClaim {
  readonly pool: string;
  /** Slots of all processes together, as this process sees it. */
  readonly limit: number;
  /** Slots that it keeps whatever the answer: those in use, and those that it may take while it waits for the answer. */
  readonly kept: number;
  /** Slots that its requests use or wait for now. */
  readonly needed: number;
  /** Slots that it could use: needed over the last seconds, and some to spare. Never below `needed`. */
  readonly wanted: number;
  /** Processes that its last grant spoke of; 0 without one. A ledger that lost its memory waits for them. */
  readonly processes: number;
}

export interface SlotGrant {
  readonly pool: string;
  /** Slots that this process may use until its lease ends. Never below `kept`, if they were granted before. */
  readonly granted: number;
  /** Slots that it is due: less than granted if it is to give some back, more if others still hold them. */
  readonly share: number;
  /** Processes that live, this one included. */
  readonly processes: number;
  /** Place of this process among them, from 0; the same in every pool that all of them use. */
  readonly rank: number;
  /** The smallest limit that a living process sees. */
  readonly limit: number;
  /** This process needs more than it got: the others are to be called upon. */
  readonly short: boolean;
  /** Others are short, or the limit sank: to be given back is what is not needed, and what is beyond `share` as it falls free. */
  readonly called: boolean;
}

/**
 * One truth about who may use how many slots. Leases end on the ledger's own clock when nobody renews them; the sum of all leases of a
 * pool never exceeds the smallest limit that a living process sees, but for slots that were in use when the limit sank.
 */
export interface SlotLedger {
  /** How long a lease lives without `balance`, ms. */
  readonly leaseMs: number;
  /**
   * Renews this process's leases and settles them anew, in few round trips; at once where there is none to make. By claim, null where
   * there was no answer; fails if there was none at all.
   */
  balance(claims: readonly SlotClaim[]): readonly SlotGrant[] | Promise<readonly (SlotGrant | null)[]>;
  /** Calls `listener` whenever the ledger can be reached again; a ledger that is always there has no such thing. */
  onBack?(listener: () => void): void;
  /** Gives everything back, or all of these pools. */
  leave(pools?: readonly string[]): Promise<void>;
}
