/** Strain above which a gate closes: the request comes too late. */
const CLOSE_ABOVE = 1;
/** Strain above which a closed gate stays closed, and requests are eased while it is. */
export const EASE_ABOVE = 0.7;
/** So long nothing may have been above `EASE_ABOVE` before a gate opens, ms. */
export const DWELL_MS = 5_000;
/** Gates that are closed at a time, over all tenants of a pool; beyond, gates stay open, which refuses nobody. */
const MAX_CLOSED = 10_000;

/**
 * Whether a pool is overloaded, as each tenant meets it: a flood of one tenant makes that tenant wait, so only its requests are eased.
 * A gate closes at once and opens after a while without strain, or without anybody asking: the ladder does not flap. Only closed gates
 * are remembered. Times are monotonic ms.
 */
export class GateBook {
  private readonly closedUntil = new Map<string, number>(); // by tenant

  /** A request of the tenant would meet this strain. */
  observe(tenantId: string, strain: number, now: number): void {
    if (strain > CLOSE_ABOVE || (strain > EASE_ABOVE && this.isClosed(tenantId, now))) this.close(tenantId, now);
  }

  isClosed(tenantId: string, now: number): boolean {
    const until = this.closedUntil.get(tenantId);
    if (until === undefined) return false;
    if (now < until) return true;
    this.closedUntil.delete(tenantId);
    return false;
  }

  /** At least one tenant's gate is closed. */
  isAnyClosed(now: number): boolean {
    for (const tenantId of this.closedUntil.keys()) if (this.isClosed(tenantId, now)) return true;
    return false;
  }

  private close(tenantId: string, now: number): void {
    if (this.closedUntil.size >= MAX_CLOSED && !this.closedUntil.has(tenantId)) this.forgetOpened(now);
    if (this.closedUntil.size < MAX_CLOSED || this.closedUntil.has(tenantId)) {
      this.closedUntil.set(tenantId, now + DWELL_MS);
    }
  }

  private forgetOpened(now: number): void {
    for (const tenantId of [...this.closedUntil.keys()]) this.isClosed(tenantId, now);
  }
}
