import type { RateCost, RateRefusal, RateScope, RateStanding } from '../domain/rates/rates';

/** What was counted for one request. */
export interface RateEntry {
  /** Adds to it: what makes it less, back then; what makes it more, now. What is forgotten by now cannot become less. */
  correct(by: RateCost): void | Promise<void>;
}

export type RateVerdict =
  | { readonly granted: true; readonly entry: RateEntry; readonly standings: readonly RateStanding[] }
  | { readonly granted: false; readonly refusal: RateRefusal };

/** Windows of the last 60 s by scope. */
export interface RateStore {
  /** Counts the cost in all scopes, or in none if one of them has no room. */
  reserve(scopes: readonly RateScope[], cost: RateCost): RateVerdict | Promise<RateVerdict>;
}
