/** What one process asks of the ledger for one pool of slots (of a provider, or of a tenant with a limit of its own). */
export interface SlotClaim {
  readonly pool: string;
  /** Slots of all processes together, as this process sees it. */
  readonly limit: number;
  /** Slots that cannot be given back now. */
  readonly inUse: number;
  /** Slots that it could use: in use, waited for, and some to spare. */
  readonly wanted: number;
}

export interface SlotGrant {
  readonly pool: string;
  /** Slots that this process may use until its lease ends. Never below `inUse`, if they were granted before. */
  readonly granted: number;
  /** Processes that live, this one included. */
  readonly processes: number;
  /** The smallest limit that a living process sees. */
  readonly limit: number;
  /** This process got less than its share, because others still hold it. */
  readonly short: boolean;
}

/**
 * One truth about who may use how many slots. Leases end on the ledger's own clock when nobody renews them; the sum of all leases of a
 * pool never exceeds the smallest limit that a living process sees, but for slots that were in use when the limit sank.
 */
export interface SlotLedger {
  /** How long a lease lives without `balance`, ms. */
  readonly leaseMs: number;
  /** Renews this process's leases and settles them anew, in one round trip. */
  balance(claims: readonly SlotClaim[]): Promise<readonly SlotGrant[]>;
  /** Gives everything back. */
  leave(): Promise<void>;
}
