import { CachedScript } from '@relay/database';
import type { Redis } from 'ioredis';

/** How long a claim stands without being renewed, in ms: after a crash, so long others ask the dead first. */
export const LEASE_MS = 10_000;

/** Takes the key if it is free, or held by whom the caller knows to be dead. Gives the holder, or nil: the caller is. */
const CLAIM = new CachedScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[3] then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return nil`);

const RENEW = new CachedScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`);

const RELEASE = new CachedScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);

/** Who flies for a key among all processes: a short lease in Redis. Methods reject when Redis does. */
export class FlightClaims {
  constructor(
    private readonly redis: Redis,
    private readonly namespace: string,
  ) {}

  get reachable(): boolean {
    return this.redis.status === 'ready';
  }

  /** Null: `holder` has it now. Else who has it. `dead`: a holder that may be replaced. */
  async claim(key: string, holder: string, dead: string): Promise<string | null> {
    const other: unknown = await CLAIM.run(this.redis, [this.nameOf(key)], [holder, LEASE_MS, dead]);
    return typeof other === 'string' ? other : null;
  }

  async renew(key: string, holder: string): Promise<void> {
    await RENEW.run(this.redis, [this.nameOf(key)], [holder, LEASE_MS]);
  }

  async release(key: string, holder: string): Promise<void> {
    await RELEASE.run(this.redis, [this.nameOf(key)], [holder]);
  }

  /** Each key is its own hash tag: one command, one slot of a cluster. */
  private nameOf(key: string): string {
    return `${this.namespace}:flight:{${key}}`;
  }
}
