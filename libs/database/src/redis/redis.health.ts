import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { within } from '../within';
import { REDIS } from './redis.tokens';

const PING_TIMEOUT_MS = 1_000;

@Injectable()
export class RedisHealth {
  constructor(@Inject(REDIS) private readonly redis: Redis | null) {}

  /** Whether a Redis is configured at all. */
  get configured(): boolean {
    return this.redis !== null;
  }

  /** Resolves when Redis answers, or when none is configured; rejects with the reason, at the latest after 1 s. */
  async ping(): Promise<void> {
    if (this.redis) await within(PING_TIMEOUT_MS, 'Redis', this.redis.ping());
  }
}
