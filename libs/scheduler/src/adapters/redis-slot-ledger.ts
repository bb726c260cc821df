import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { SlotClaim, SlotGrant, SlotLedger } from '../ports/slot-ledger.port';
import { LEAVE_SLOTS, SETTLE_SLOTS } from './redis-slot-ledger.lua';
import { MAX_HOLDERS, SLOT_LEASE_MS } from './slot-leases';

const int = z.int();
const replySchema = z.tuple([int, int, int, int, int, int, int]);
const SETTLE_SHA = createHash('sha1').update(SETTLE_SLOTS).digest('hex'); // how Redis names a script

/**
 * Leases in Redis, on the server's clock. One script settles a pool; those of several pools go out together, so that they cost one
 * round trip, and each touches the keys of its pool only, as a cluster wants it.
 */
export class RedisSlotLedger implements SlotLedger {
  private readonly joined = new Set<string>();

  constructor(
    private readonly processId: string,
    private readonly redis: Redis,
    private readonly namespace: string,
    readonly leaseMs = SLOT_LEASE_MS,
  ) {}

  async balance(claims: readonly SlotClaim[]): Promise<readonly (SlotGrant | null)[]> {
    const answers = await Promise.allSettled(claims.map((claim) => this.settle(claim)));
    const [first] = answers;
    if (first?.status === 'rejected' && answers.every(({ status }) => status === 'rejected')) throw first.reason;
    return answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : null));
  }

  onBack(listener: () => void): void {
    this.redis.on('ready', listener);
  }

  async leave(pools: readonly string[] = [...this.joined]): Promise<void> {
    for (const pool of pools) this.joined.delete(pool);
    await Promise.all(pools.map((pool) => this.redis.eval(LEAVE_SLOTS, 1, this.keyOf(pool), this.processId)));
  }

  private async settle(claim: SlotClaim): Promise<SlotGrant> {
    const { pool, limit, kept, needed, wanted, processes } = claim;
    this.joined.add(pool);
    const claimed = [limit, kept, needed, wanted, processes];
    const reply = await this.run(this.keyOf(pool), this.processId, this.leaseMs, MAX_HOLDERS, ...claimed);
    const [granted, share, living, rank, smallest, short, called] = replySchema.parse(reply);
    return {
      ...{ pool, granted, share, processes: living, rank, limit: smallest },
      ...{ short: short === 1, called: called === 1 },
    };
  }

  /** By its name; in full where Redis does not know it (any more). */
  private async run(key: string, ...args: (string | number)[]): Promise<unknown> {
    try {
      return await this.redis.evalsha(SETTLE_SHA, 1, key, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return this.redis.eval(SETTLE_SLOTS, 1, key, ...args);
    }
  }

  /** The braces are a Redis Cluster hash tag, the same as that of the pool's line. */
  private keyOf(pool: string): string {
    return `{${this.namespace}:${pool.replaceAll(/[{}]/g, encodeURIComponent)}}:slots`;
  }
}
