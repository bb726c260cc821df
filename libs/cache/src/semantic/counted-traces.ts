import { Inject, Injectable } from '@nestjs/common';
import { REDIS } from '@relay/database';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';

/** How long a trace is remembered, in ms; then a repeat voids once more. */
const KEPT_MS = 30 * 86_400_000;
/** Traces that this process remembers itself, 150 bytes each. */
const MAX_KEPT = 10_000;

/** Traces whose complaint has taken an answer out of service. A Redis that is away does not know of any. */
@Injectable()
export class CountedTraces {
  private readonly here = new LRUCache<string, true>({ max: MAX_KEPT });

  constructor(@Inject(REDIS) private readonly redis: Redis | null) {}

  /** Never rejects. */
  async has(traceId: string): Promise<boolean> {
    if (this.here.has(traceId)) return true;
    return ((await this.redis?.exists(nameOf(traceId)).catch(() => 0)) ?? 0) > 0;
  }

  /** Never rejects. */
  async note(traceId: string): Promise<void> {
    this.here.set(traceId, true);
    await this.redis?.set(nameOf(traceId), '1', 'PX', KEPT_MS).catch(() => null);
  }
}

const nameOf = (traceId: string): string => `relay:cache:complained:${traceId}`;
