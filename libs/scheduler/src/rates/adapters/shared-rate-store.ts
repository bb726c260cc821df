import type { Clock } from '@relay/core';
import { StoreWatch, type StoreHealth } from '../../adapters/store-watch';
import { type RateCost, RATE_KINDS, type RateRefusal, type RateScope } from '../../domain/rates/rates';
import { BUCKET_MS, WINDOW_MS } from '../../domain/rates/sliding-window';
import type { RateEntry, RateStore, RateVerdict } from '../../ports/rate-store.port';
import type { MemoryRateStore } from './memory-rate-store';
import { RecentRefusals } from './recent-refusals';

/** A store that all processes use. */
export interface CommonRateStore extends RateStore {
  readonly processes: number;
  ping(): Promise<void>;
}

type Granted = Extract<RateVerdict, { readonly granted: true }>;

const less = ({ requests, tokens }: RateCost): RateCost => ({ requests: -requests, tokens: -tokens });

/**
 * The windows that all processes share, and in memory what this process counted in them. While the shared ones are away each process
 * keeps within its part of every limit. What was refused a moment ago is refused again without asking. For a window's length after they are back both are asked, as they may have lost their memory.
 */
export class SharedRateStore implements RateStore {
  private readonly watch: StoreWatch;
  private readonly refusals = new RecentRefusals();
  private away = false;
  private carefulUntil = Number.NEGATIVE_INFINITY; // monotonic ms

  constructor(
    private readonly common: CommonRateStore,
    private readonly own: MemoryRateStore,
    private readonly clock: Clock,
    health: StoreHealth,
    private readonly processes: () => number = () => 1,
  ) {
    this.watch = new StoreWatch(clock, () => common.ping(), {
      lost: (error) => {
        this.away = true;
        health.lost(error);
      },
      restored: () => {
        this.away = false;
        this.carefulUntil = clock.monotonic() + WINDOW_MS + BUCKET_MS;
        health.restored();
      },
    });
  }

  async reserve(scopes: readonly RateScope[], cost: RateCost): Promise<RateVerdict> {
    this.watch.look();
    const isCareful = this.away || this.clock.monotonic() < this.carefulUntil;
    const part = isCareful ? this.reservePart(scopes, cost) : null;
    if (part && !part.granted) return part;
    const known = this.refusals.isEmpty ? null : this.refusals.find(scopes, cost, this.clock.monotonic());
    if (known) return this.refused(known, part, cost);
    const verdict = await this.watch.attempt(
      async () => this.common.reserve(scopes, cost),
      (late) => void (late.granted && this.correct(late.entry, less(cost), scopes)),
    );
    if (verdict === undefined) return part ?? this.reservePart(scopes, cost);
    if (!verdict.granted) {
      this.refusals.note(verdict.refusal, scopes, this.clock.monotonic());
      return this.refused(verdict.refusal, part, cost);
    }
    const mirrored = part?.entry ?? this.own.count(scopes, cost);
    return { ...verdict, entry: this.both(verdict.entry, mirrored, scopes) };
  }

  private refused(refusal: RateRefusal, part: Granted | null, cost: RateCost): RateVerdict {
    if (part) void part.entry.correct(less(cost));
    return { granted: false, refusal };
  }

  private both(shared: RateEntry, mirrored: RateEntry, scopes: readonly RateScope[]): RateEntry {
    return {
      correct: async (by) => {
        void mirrored.correct(by);
        await this.correct(shared, by, scopes);
      },
    };
  }

  /** What cannot be corrected stays as it was predicted. */
  private async correct(entry: RateEntry, by: RateCost, scopes: readonly RateScope[]): Promise<void> {
    await this.watch.attempt(async () => entry.correct(by));
    if (by.requests < 0 || by.tokens < 0) this.refusals.forget(scopes);
  }

  private reservePart(scopes: readonly RateScope[], cost: RateCost): RateVerdict {
    const verdict = this.own.reserve(
      scopes.map((scope) => partOf(scope, Math.max(this.common.processes, this.processes()), cost)),
      cost,
    );
    if (verdict.granted) return verdict;
    const { refusal } = verdict;
    const scope = scopes.find(({ kind, id }) => kind === refusal.scope.kind && id === refusal.scope.id);
    return { granted: false, refusal: { ...refusal, scope: scope ?? refusal.scope } };
  }
}

/** Never less than one request needs: it would have to wait for the shared windows. */
function partOf({ kind, id, limits }: RateScope, processes: number, cost: RateCost): RateScope {
  const parts: Partial<Record<(typeof RATE_KINDS)[number], number>> = {};
  for (const rate of RATE_KINDS) {
    const limit = limits[rate];
    if (limit !== undefined) parts[rate] = Math.max(Math.floor(limit / processes), cost[rate], 1);
  }
  return { kind, id, limits: parts };
}
