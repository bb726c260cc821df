import type { Redis } from 'ioredis';
import type { OnceStore } from './once-store.port';

/** Each key is its own hash tag: one command, one slot, all slots used in a cluster. */
const redisKey = (id: string): string => `relay:once:{${id}}`;
const chargeKey = (owner: string): string => `relay:once-bytes:{${owner}}`;
const DAY_MS = 86_400_000;

/** KEYS: the id; ARGV: the claim, what to do, ms, the value. Only whose claim lies there may do it. */
const IF_OWNED = `
  if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
  if ARGV[2] == 'renew' then return redis.call('pexpire', KEYS[1], ARGV[3]) end
  if ARGV[2] == 'put' then redis.call('set', KEYS[1], ARGV[4], 'PX', ARGV[3]) return 1 end
  return redis.call('del', KEYS[1])`;
/** KEYS: the owner; ARGV: bytes, ms. The day begins with the first reply that is kept. */
const CHARGE = `
  local sum = redis.call('incrby', KEYS[1], ARGV[1])
  if redis.call('pttl', KEYS[1]) < 0 then redis.call('pexpire', KEYS[1], ARGV[2]) end
  return sum`;

/** In the Redis that all processes share. */
export class RedisOnceStore implements OnceStore {
  constructor(private readonly redis: Redis) {}

  async claim(id: string, claim: Buffer, ms: number): Promise<Buffer | null> {
    if ((await this.redis.set(redisKey(id), claim, 'PX', ms, 'NX')) === 'OK') return null;
    const there = await this.redis.getBuffer(redisKey(id));
    return there ?? this.claim(id, claim, ms); // it ended between the two
  }

  async renew(id: string, claim: Buffer, ms: number): Promise<void> {
    await this.redis.eval(IF_OWNED, 1, redisKey(id), claim, 'renew', ms);
  }

  async put(id: string, claim: Buffer, value: Buffer, ms: number): Promise<void> {
    await this.redis.eval(IF_OWNED, 1, redisKey(id), claim, 'put', ms, value);
  }

  async drop(id: string, claim: Buffer): Promise<void> {
    await this.redis.eval(IF_OWNED, 1, redisKey(id), claim, 'drop');
  }

  async charge(owner: string, bytes: number): Promise<number> {
    return Number(await this.redis.eval(CHARGE, 1, chargeKey(owner), bytes, DAY_MS));
  }
}
