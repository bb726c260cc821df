import { within, type Clock } from '@relay/core';
import { Outage } from '../../tiers/outage';
import { Claim, readHolder } from './claim';
import { LEASE_MS, type FlightClaims } from './flight-claims';

/** How long a request waits to hear whether another process flies already, in ms. */
const CLAIM_TIMEOUT_MS = 250;
const RENEW_AFTER_MS = LEASE_MS / 3;

/** Asks Redis who flies for a key. Redis away or slow: this process flies, whoever else does. */
export class ClaimDesk {
  /** Claims that were answered too late or not at all. */
  failures = 0;
  private readonly outage: Outage;

  constructor(
    private readonly processId: string,
    private readonly claims: FlightClaims,
    private readonly clock: Clock,
  ) {
    this.outage = new Outage(clock, 'Flights');
  }

  get usable(): boolean {
    return this.claims.reachable && !this.outage.pausing;
  }

  /** `dead`: a holder that may be replaced. Sends in this tick; never rejects. */
  async ask(claim: Claim, dead: string): Promise<'mine' | 'elsewhere'> {
    try {
      const asked = this.send(claim, dead);
      if (!(await within(this.clock, CLAIM_TIMEOUT_MS, asked)))
        throw new Error(`no answer within ${CLAIM_TIMEOUT_MS} ms`);
      this.outage.recovered();
      const other = await asked;
      if (other === null) return this.mine(claim);
      if (other !== dead && this.isStale(other)) return await this.ask(claim, other);
      claim.other = other;
      return 'elsewhere';
    } catch (error) {
      return this.failed(claim, error);
    }
  }

  renew(claim: Claim): void {
    const now = this.clock.monotonic();
    if (!claim.held || now - claim.renewedAt < RENEW_AFTER_MS) return;
    claim.renewedAt = now;
    this.claims.renew(claim.flight.key, claim.holder).catch(() => undefined); // it runs out; others fly for themselves then
  }

  async release(claim: Claim): Promise<void> {
    claim.over = true;
    if (!claim.held) return;
    claim.held = false;
    await this.claims.release(claim.flight.key, claim.holder).catch(() => undefined); // it runs out
  }

  /** The answer counts also when it comes too late for the asker. */
  private async send(claim: Claim, dead: string): Promise<string | null> {
    const other = await this.claims.claim(claim.flight.key, claim.holder, dead);
    claim.held = other === null;
    claim.renewedAt = this.clock.monotonic();
    if (claim.over) await this.release(claim);
    return other;
  }

  private mine(claim: Claim): 'mine' {
    claim.mine = true;
    return 'mine';
  }

  private failed(claim: Claim, error: unknown): 'mine' {
    this.failures++;
    this.outage.failed(error);
    return this.mine(claim);
  }

  /** A flight of this process that nobody may join any more, or garbage. */
  private isStale(holder: string): boolean {
    const read = readHolder(holder);
    return read === null || read.process === this.processId;
  }
}
