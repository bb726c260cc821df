import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, err, ok, type Result } from '@relay/core';
import { REDIS_OF_COUNTS } from '@relay/database';
import type { Redis } from 'ioredis';
import { storeHealth } from '../adapters/store-health';
import { type RateCost, type RateRefusal, type RateScope, type RateStanding, tooLarge } from '../domain/rates/rates';
import { Scheduler } from '../scheduler.service';
import type { RateEntry, RateStore, RateVerdict } from '../ports/rate-store.port';
import { MemoryRateStore } from './adapters/memory-rate-store';
import { RedisRateStore } from './adapters/redis-rate-store';
import { SharedRateStore } from './adapters/shared-rate-store';

const NAMESPACE = 'relay';

/** One request as it was counted. The first call of `settle` or `release` counts; without any it stays as it was predicted. */
export interface RateReservation {
  readonly standings: readonly RateStanding[]; // by scope, in the order asked
  /** Corrects the predicted tokens. */
  settle(tokens: number): void;
  /** Nothing came of it: neither the request nor its tokens count. */
  release(): void;
}

type Reserved = Result<RateReservation, RateRefusal>;

/** Requests and tokens per minute, never more than the limit in any 60 s over all processes that share a Redis. */
@Injectable()
export class RateLimits {
  private readonly store: RateStore;

  /** `scheduler`: knows how many processes there are before any of them was asked for a limit. */
  constructor(
    @Inject(REDIS_OF_COUNTS) redis: Redis | null,
    @Inject(CLOCK) clock: Clock,
    @Inject(Scheduler) scheduler: Pick<Scheduler, 'processes'>,
  ) {
    const memory = new MemoryRateStore(clock);
    const health = storeHealth('rate limits', 'each process keeps within its part of every limit');
    const processes = (): number => scheduler.processes;
    this.store = redis
      ? new SharedRateStore(new RedisRateStore(redis, NAMESPACE), memory, clock, health, processes)
      : memory;
  }

  /**
   * Counts a request in all of its scopes, or in none if one has no room: one round trip where there is a Redis, else at once. Scopes
   * without limits are better left out. Tokens are predicted ones.
   */
  reserve(scopes: readonly RateScope[], cost: RateCost): Reserved | Promise<Reserved> {
    const whole = { requests: cost.requests, tokens: Math.ceil(cost.tokens) };
    const refusal = tooLarge(scopes, whole);
    if (refusal) return err(refusal);
    const verdict = this.store.reserve(scopes, whole);
    return verdict instanceof Promise ? verdict.then((later) => reservedOf(later, whole)) : reservedOf(verdict, whole);
  }
}

function reservedOf(verdict: RateVerdict, cost: RateCost): Reserved {
  return verdict.granted ? ok(new Reservation(verdict.standings, verdict.entry, cost)) : err(verdict.refusal);
}

class Reservation implements RateReservation {
  private entry: RateEntry | null;

  constructor(
    readonly standings: readonly RateStanding[],
    entry: RateEntry,
    private readonly cost: RateCost,
  ) {
    this.entry = entry;
  }

  settle(tokens: number): void {
    this.correct({ requests: 0, tokens: Math.ceil(tokens) - this.cost.tokens });
  }

  release(): void {
    this.correct({ requests: -this.cost.requests, tokens: -this.cost.tokens });
  }

  private correct(by: RateCost): void {
    const { entry } = this;
    this.entry = null;
    if (entry && (by.requests !== 0 || by.tokens !== 0)) void entry.correct(by);
  }
}
