import type { Redis } from 'ioredis';
import type { OnceStore } from './once-store.port';

/** Each key is its own hash tag: one command, one slot, all slots used in a cluster. */
const redisKey = (id: string): string => `relay:once:{${id}}`;

/** In the Redis that all processes share. */
export class RedisOnceStore implements OnceStore {
  constructor(private readonly redis: Redis) {}

  async claim(id: string, value: Buffer, ms: number): Promise<Buffer | null> {
    if ((await this.redis.set(redisKey(id), value, 'PX', ms, 'NX')) === 'OK') return null;
    const there = await this.redis.getBuffer(redisKey(id));
    return there ?? this.claim(id, value, ms); // it ended between the two
  }

  async renew(id: string, ms: number): Promise<void> {
    await this.redis.pexpire(redisKey(id), ms);
  }

  async put(id: string, value: Buffer, ms: number): Promise<void> {
    await this.redis.set(redisKey(id), value, 'PX', ms);
  }

  async drop(id: string): Promise<void> {
    await this.redis.del(redisKey(id));
  }
}
