import type { Clock } from '@relay/core';
import { type Holding, settleClaim } from '../domain/slots/settle-claim';
import type { SlotClaim, SlotGrant, SlotLedger } from '../ports/slot-ledger.port';
import { MAX_HOLDERS, NO_ROOM, SLOT_LEASE_MS } from './slot-leases';

interface Lease extends Holding {
  readonly expiresAt: number; // monotonic ms
}

interface LedgerPool {
  readonly bornAt: number; // monotonic ms
  expected: number; // processes that those knew who came back when the pool was young
  readonly leases: Map<string, Lease>;
}

/** What the ledgers of several processes have in common; one process needs but its own. */
export class LedgerMemory {
  readonly pools = new Map<string, LedgerPool>();
}

/** The ledger of a relay of one process; and of several, where a test plays them. As many pools as its processes have. */
export class MemorySlotLedger implements SlotLedger {
  constructor(
    private readonly processId: string,
    private readonly clock: Clock,
    private readonly memory = new LedgerMemory(),
    readonly leaseMs = SLOT_LEASE_MS,
  ) {}

  balance(claims: readonly SlotClaim[]): readonly SlotGrant[] {
    return claims.map((claim) => this.settle(claim));
  }

  leave(pools: readonly string[] = [...this.memory.pools.keys()]): Promise<void> {
    for (const id of pools) {
      const pool = this.memory.pools.get(id);
      if (pool?.leases.delete(this.processId)) pool.expected--;
      if (pool?.leases.size === 0) this.memory.pools.delete(id);
    }
    return Promise.resolve();
  }

  private settle(claim: SlotClaim): SlotGrant {
    const now = this.clock.monotonic();
    const pool = this.openPool(claim.pool, now);
    const { leases } = pool;
    const before = leases.get(this.processId);
    if (!before && leases.size >= MAX_HOLDERS) return { ...NO_ROOM, pool: claim.pool, processes: leases.size };
    const young = now - pool.bornAt < this.leaseMs;
    if (young && !before) pool.expected = Math.max(pool.expected, claim.processes);
    const { kept, needed, wanted, limit } = claim;
    const lease = { granted: before?.granted ?? 0, kept, needed, wanted, limit, expiresAt: now + this.leaseMs };
    leases.set(this.processId, lease);
    const ids = [...leases.keys()].sort();
    const rank = ids.indexOf(this.processId);
    const holdings = ids.map((id) => leases.get(id) ?? lease);
    const amnesia = young && ids.length < pool.expected;
    const settlement = settleClaim(holdings, rank, { now, amnesia });
    leases.set(this.processId, { ...lease, granted: settlement.granted });
    return { ...settlement, pool: claim.pool, processes: ids.length, rank };
  }

  private openPool(id: string, now: number): LedgerPool {
    const pool = this.memory.pools.get(id);
    for (const [holder, lease] of pool?.leases ?? []) if (now >= lease.expiresAt) pool?.leases.delete(holder);
    if (pool && pool.leases.size > 0) return pool;
    const born: LedgerPool = { bornAt: now, expected: 0, leases: new Map() };
    this.memory.pools.set(id, born);
    return born;
  }
}
