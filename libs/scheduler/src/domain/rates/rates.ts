import type { SlidingWindow } from './sliding-window';

export type RateKind = 'requests' | 'tokens';
export const RATE_KINDS = ['requests', 'tokens'] as const satisfies readonly RateKind[];

/** Somebody or something that has limits per minute. */
export interface RateScope {
  readonly kind: 'tenant' | 'key' | 'model' | 'provider';
  readonly id: string;
  readonly limits: Readonly<Partial<Record<RateKind, number>>>; // per 60 s; absent: none
}

/** What one request takes of each of its scopes. Whole numbers. */
export type RateCost = Readonly<Record<RateKind, number>>;

/** How one scope stands: null where it has no limit. */
export type RateStanding = Readonly<Record<RateKind, RateRoom | null>>;

export interface RateRoom {
  readonly limit: number;
  readonly remaining: number; // after this request, if it was let in
  readonly resetMs: number; // until the whole limit is there again
}

/** Why a request was not let in. No scope was charged for it. */
export interface RateRefusal {
  readonly scope: RateScope; // the one that has room last
  readonly kind: RateKind;
  readonly limit: number;
  readonly asked: number;
  /** Until it would be let in, if nobody else came. Null: never, it asks for more than the whole limit. */
  readonly waitMs: number | null;
  readonly standings: readonly RateStanding[]; // by scope, in the order asked; empty where nothing was looked up
}

export type Windows = Readonly<Record<RateKind, SlidingWindow>>;

/** What no window will ever have room for. */
export function tooLarge(scopes: readonly RateScope[], cost: RateCost): RateRefusal | null {
  for (const scope of scopes) {
    for (const kind of RATE_KINDS) {
      const limit = scope.limits[kind];
      if (limit !== undefined && cost[kind] > limit)
        return { scope, kind, limit, asked: cost[kind], waitMs: null, standings: [] };
    }
  }
  return null;
}

export function roomOf(limit: number | undefined, used: number, resetMs: number): RateRoom | null {
  return limit === undefined ? null : { limit, remaining: Math.max(0, limit - used), resetMs };
}

export function standingOf({ limits }: RateScope, windows: Windows, now: number): RateStanding {
  const room = (kind: RateKind): RateRoom | null =>
    limits[kind] === undefined ? null : roomOf(limits[kind], windows[kind].used(now), windows[kind].emptyInMs(now));
  return { requests: room('requests'), tokens: room('tokens') };
}

/** Ms until a window has room for so much more; 0: it has. */
export function waitFor(window: SlidingWindow, limit: number, amount: number, now: number): number {
  const excess = window.used(now) + amount - limit;
  return excess <= 0 ? 0 : window.freesInMs(now, excess);
}
