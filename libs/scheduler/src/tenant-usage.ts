import type { DemandGauge, SlotBlock } from './slots/slot-block';
import type { SlotBook } from './slots/slot-book';

/** Tenants with a limit of their own that this process keeps blocks for at a time; further ones get an equal part of their limits. */
const MAX_TENANT_BLOCKS = 1_000;
/** A tenant that has needed nothing for this many heartbeats gives its block back. */
const IDLE_BEATS = 25;

interface TenantUsageOptions {
  readonly slots: SlotBook;
  /** Requests of a tenant that wait in this process, in all pools. */
  readonly waitingOf: (tenantId: string) => number;
  /** A tenant may hold more slots than a moment ago. */
  readonly onMore: (tenantId: string) => void;
}

/** Providers' names begin with a letter or a digit, so that no pool of theirs has such a name. */
const poolOf = (tenantId: string): string => `@tenant:${tenantId}`;

class TenantBlock implements DemandGauge {
  block: SlotBlock | undefined;
  idleBeats = 0;

  constructor(
    private readonly tenantId: string,
    private readonly usage: TenantUsage,
  ) {}

  get inUse(): number {
    return this.usage.inUseOf(this.tenantId);
  }

  get needed(): number {
    return this.inUse + this.usage.waitingOf(this.tenantId);
  }
}

/**
 * Slots that each tenant holds in this process, over all pools, and the blocks of those with a limit of their own, by which their limits
 * hold over all processes. Tenants that hold none and have no limit take no memory.
 */
export class TenantUsage {
  private readonly inUse = new Map<string, number>();
  private readonly blocks = new Map<string, TenantBlock>();

  constructor(private readonly options: TenantUsageOptions) {}

  inUseOf(tenantId: string): number {
    return this.inUse.get(tenantId) ?? 0;
  }

  waitingOf(tenantId: string): number {
    return this.options.waitingOf(tenantId);
  }

  /** How many more slots a tenant may hold. A first question may find none, while the ledger is asked. */
  headroom(tenantId: string, limit: number | undefined): number {
    if (limit === undefined) return Infinity;
    return this.sizeOf(tenantId, limit) - this.inUseOf(tenantId);
  }

  /** Calls at a time of a tenant in this process. */
  slotsOf(tenantId: string, limit: number | undefined): number {
    return limit === undefined ? Infinity : this.sizeOf(tenantId, limit);
  }

  take(tenantId: string): void {
    this.inUse.set(tenantId, this.inUseOf(tenantId) + 1);
  }

  release(tenantId: string): void {
    const left = this.inUseOf(tenantId) - 1;
    if (left > 0) this.inUse.set(tenantId, left);
    else this.inUse.delete(tenantId);
    this.review(tenantId);
  }

  /** A tenant's request began to wait, or one left. */
  review(tenantId: string): void {
    this.blocks.get(tenantId)?.block?.review();
  }

  /** On each heartbeat: gives back what tenants have not used for long. */
  forgetIdle(): void {
    for (const [tenantId, tenant] of this.blocks) {
      tenant.idleBeats = tenant.block?.idle ? tenant.idleBeats + 1 : 0;
      if (tenant.idleBeats < IDLE_BEATS) continue;
      this.blocks.delete(tenantId);
      this.options.slots.drop(poolOf(tenantId));
    }
  }

  private sizeOf(tenantId: string, limit: number): number {
    const known = this.blocks.get(tenantId)?.block;
    if (known) {
      known.setLimit(limit);
      return known.size;
    }
    const { slots, onMore } = this.options;
    if (this.blocks.size >= MAX_TENANT_BLOCKS) return Math.max(1, Math.floor(limit / slots.processes));
    const tenant = new TenantBlock(tenantId, this);
    this.blocks.set(tenantId, tenant);
    let size = 0;
    tenant.block = slots.block(poolOf(tenantId), limit, tenant, (now) => {
      const more = now > size;
      size = now;
      if (more && tenant.block) onMore(tenantId);
    });
    return tenant.block.size;
  }
}
