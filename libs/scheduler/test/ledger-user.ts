import type { SlotGrant, SlotLedger } from '../src/ports/slot-ledger.port';

/** Of the leases in the ledger's contract: long enough for no real time to matter, ms. */
export const CONTRACT_LEASE_MS = 60_000;

/** A process as the ledger's contract wants it: it believes its lease for as long as it lives, and gives back what is beyond its share. */
export class LedgerUser {
  size = 0;
  inUse = 0;
  needed = 0;
  joined = false; // has balanced, and neither left nor died since
  claimedLimit = Infinity; // as the ledger knows it
  private share = 0;
  private processes = 0;
  private leftMs = 0; // of its lease

  constructor(
    private readonly ledger: SlotLedger,
    public limit: number,
    private readonly pool = 'p',
  ) {}

  async beat(needed: number, spare: number): Promise<SlotGrant> {
    const { pool, limit, inUse, processes } = this;
    this.needed = Math.max(inUse, needed);
    this.size = Math.min(this.size, Math.max(inUse, this.share));
    const kept = Math.max(inUse, this.size);
    const claim = { pool, limit, kept, needed: this.needed, wanted: this.needed + spare, processes };
    const [grant] = await this.ledger.balance([claim]);
    this.size = grant!.granted;
    this.share = grant!.share;
    this.processes = grant!.processes;
    this.leftMs = CONTRACT_LEASE_MS;
    this.joined = true;
    this.claimedLimit = limit;
    return grant!;
  }

  age(ms: number): void {
    this.leftMs -= ms;
    if (this.leftMs > 0) return;
    this.size = 0;
    this.claimedLimit = Infinity;
  }

  async leave(): Promise<void> {
    await this.ledger.leave([this.pool]);
    this.die();
    this.size = 0;
    this.claimedLimit = Infinity;
  }

  /** Its lease goes on until it ends; a process of that name may start anew, and take it over. */
  die(): void {
    this.joined = false;
    this.inUse = this.needed = this.processes = 0;
  }
}
