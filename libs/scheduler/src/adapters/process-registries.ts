import type { Redis } from 'ioredis';
import type { ProcessRegistry } from '../ports/process-registry.port';

/** A process that has not said for this long that it lives is not counted, ms. Processes say so every 2 s. */
const SILENT_AFTER_MS = 7_000;

/** On the server's clock: enters the process, drops the silent ones, counts the rest. */
const BEAT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])`;

/** Processes as a sorted set in Redis: member process id, score time of the last sign of life. */
export class RedisProcessRegistry implements ProcessRegistry {
  constructor(
    private readonly processId: string,
    private readonly redis: Redis,
    private readonly key: string,
  ) {}

  async beat(): Promise<number> {
    return Number(await this.redis.eval(BEAT, 1, this.key, this.processId, SILENT_AFTER_MS));
  }

  async leave(): Promise<void> {
    await this.redis.zrem(this.key, this.processId);
  }
}

export class SingleProcess implements ProcessRegistry {
  beat(): Promise<number> {
    return Promise.resolve(1);
  }

  leave(): Promise<void> {
    return Promise.resolve();
  }
}
