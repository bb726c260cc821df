import type { Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';

/** A sum is read anew after so long: with 50,000 lines at providers that takes 110 ms. */
const FRESH_MS = 5_000;
/** Tenants whose sums are kept; one that falls out is read anew. */
const MAX_TENANTS = 10_000;

interface Sum {
  readonly since: number; // monotonic, ms
  readonly read: Promise<number>;
  addedUsd: number;
}

/**
 * What tenants have at providers, USD: as it was read a moment ago, and what this process has sent there since it began to read. What other
 * processes send shows when it is read again; what was sent while it was read may count twice until then, which is the safe side.
 */
export class OutSums {
  private readonly sums = new LRUCache<string, Sum>({ max: MAX_TENANTS });

  constructor(
    private readonly read: (tenantId: string) => Promise<number>,
    private readonly clock: Clock,
  ) {}

  /** Rejects when the database is away. */
  async of(tenantId: string): Promise<number> {
    const known = this.sums.get(tenantId);
    const sum = known && this.clock.monotonic() - known.since < FRESH_MS ? known : this.begin(tenantId);
    return (await sum.read) + sum.addedUsd;
  }

  add(tenantId: string, usd: number): void {
    const sum = this.sums.get(tenantId);
    if (sum) sum.addedUsd += usd;
  }

  private begin(tenantId: string): Sum {
    const sum: Sum = { since: this.clock.monotonic(), read: this.read(tenantId), addedUsd: 0 };
    this.sums.set(tenantId, sum);
    sum.read.catch(() => {
      if (this.sums.peek(tenantId) === sum) this.sums.delete(tenantId);
    });
    return sum;
  }
}
