import type { Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import {
  RATE_KINDS,
  type RateCost,
  type RateRefusal,
  type RateScope,
  standingOf,
  waitFor,
  type Windows,
} from '../../domain/rates/rates';
import { bucketAt, SlidingWindow } from '../../domain/rates/sliding-window';
import type { RateEntry, RateStore, RateVerdict } from '../../ports/rate-store.port';

/** Scopes with windows in memory, about 1.2 KB each; beyond, the one used least lately starts anew. */
const MAX_SCOPES = 20_000;

/** Windows of this process alone. */
export class MemoryRateStore implements RateStore {
  private readonly windows = new LRUCache<string, Windows>({ max: MAX_SCOPES });

  constructor(private readonly clock: Clock) {}

  reserve(scopes: readonly RateScope[], cost: RateCost): RateVerdict {
    const now = this.clock.monotonic();
    const refusal = this.refusal(scopes, cost, now);
    if (refusal) return { granted: false, refusal };
    const entry = this.count(scopes, cost);
    return { granted: true, entry, standings: this.standings(scopes, now) };
  }

  /** Counts without asking whether there is room. */
  count(scopes: readonly RateScope[], cost: RateCost): RateEntry {
    const now = this.clock.monotonic();
    for (const scope of scopes) {
      const windows = this.of(scope);
      for (const kind of RATE_KINDS) if (scope.limits[kind] !== undefined) windows[kind].add(now, cost[kind]);
    }
    return { correct: (by) => this.correct(scopes, bucketAt(now), by) };
  }

  private correct(scopes: readonly RateScope[], bucket: number, by: RateCost): void {
    const now = this.clock.monotonic();
    for (const scope of scopes) {
      const windows = this.of(scope);
      for (const kind of RATE_KINDS) {
        if (scope.limits[kind] === undefined) continue;
        if (by[kind] < 0) windows[kind].takeBack(now, bucket, -by[kind]);
        else windows[kind].add(now, by[kind]);
      }
    }
  }

  private refusal(scopes: readonly RateScope[], cost: RateCost, now: number): RateRefusal | null {
    let refusal: Omit<RateRefusal, 'standings'> | null = null;
    let longestMs = 0;
    for (const scope of scopes) {
      for (const kind of RATE_KINDS) {
        const limit = scope.limits[kind];
        const waitMs = limit === undefined ? 0 : waitFor(this.of(scope)[kind], limit, cost[kind], now);
        if (limit === undefined || waitMs <= longestMs) continue;
        longestMs = waitMs;
        refusal = { scope, kind, limit, asked: cost[kind], waitMs };
      }
    }
    return refusal && { ...refusal, standings: this.standings(scopes, now) };
  }

  private standings(scopes: readonly RateScope[], now: number) {
    return scopes.map((scope) => standingOf(scope, this.of(scope), now));
  }

  private of({ kind, id }: RateScope): Windows {
    const name = `${kind}:${id}`;
    const known = this.windows.get(name);
    if (known) return known;
    const windows = { requests: new SlidingWindow(), tokens: new SlidingWindow() };
    this.windows.set(name, windows);
    return windows;
  }
}
