import type { Clock } from '@relay/core';
import { MAX_CHARGES } from '../messages';
import type { MessageBus } from '../ports/message-bus.port';

/** While somebody waits, charges are told in this rhythm, ms: a tenant gains at most what it is granted meanwhile. */
const TELL_EVERY_MS = 25;

/**
 * Tells the other processes what this one charges tenants, so that a tenant has one finish tag over all of them: who spreads its requests
 * would otherwise be served once more by each process. Sums commute, so messages may cross. Only while somebody waits: before that
 * every newcomer starts at the virtual time anyway. What corrects a charge that was told is told whenever it comes.
 */
export class ChargeBook {
  private readonly untold = new Map<string, number>(); // weighted tokens
  private cancel: (() => void) | null = null;

  constructor(
    private readonly poolId: string,
    private readonly bus: MessageBus,
    private readonly clock: Clock,
    private readonly isContended: () => boolean,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** Whether the others will hear of it. `corrects`: a charge that they heard of. */
  note(tenantId: string, weighted: number, corrects = false): boolean {
    if (!this.bus.shared || !(corrects || this.isContended())) return false;
    this.untold.set(tenantId, (this.untold.get(tenantId) ?? 0) + weighted);
    if (this.untold.size >= MAX_CHARGES) this.tell();
    else this.cancel ??= this.clock.after(TELL_EVERY_MS, () => this.tell());
    return true;
  }

  close(): void {
    this.cancel?.();
    this.cancel = null;
    this.untold.clear();
  }

  private tell(): void {
    const charges = [...this.untold];
    this.close();
    this.bus.broadcast({ type: 'charges', pool: this.poolId, charges }).catch(this.onFault);
  }
}
