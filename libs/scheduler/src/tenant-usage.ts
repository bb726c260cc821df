/** Slots that each tenant holds in this process, over all pools. Tenants that hold none take no memory. */
export class TenantUsage {
  private readonly inUse = new Map<string, number>();

  /** How many more slots a tenant may hold. */
  headroom(tenantId: string, limit: number | undefined): number {
    return limit === undefined ? Infinity : limit - (this.inUse.get(tenantId) ?? 0);
  }

  take(tenantId: string): void {
    this.inUse.set(tenantId, (this.inUse.get(tenantId) ?? 0) + 1);
  }

  release(tenantId: string): void {
    const left = (this.inUse.get(tenantId) ?? 0) - 1;
    if (left > 0) this.inUse.set(tenantId, left);
    else this.inUse.delete(tenantId);
  }
}
