import type { DegradeStep } from '@relay/contracts';

/** Steps that change the way of a request; the others end the search for one. */
export type EasingStep = Exclude<DegradeStep, 'looser-cache' | 'shed-batch'>;

/** One way to serve a request. */
export interface Way {
  readonly poolId: string;
  readonly target: string; // `targetKey` of provider and upstream model
  /** Tokens at which the answer ends at the latest; null: nobody set an end. */
  readonly maxTokens: number | null;
}

/** `late`: too much work is ahead; `shed`: batch work while the pool is overloaded; `no-time`: nobody could answer by the deadline. */
export type RefusalReason = 'late' | 'shed' | 'no-time';

/** What the request would have met as it was planned. Times in ms. */
export interface Met {
  readonly waitMs: number | null;
  readonly serviceP90Ms: number | null;
  readonly leftMs: number;
  /** See `strainOf`. */
  readonly strain: number;
}

/** The best that a step of the ladder could do. */
export interface Tried {
  readonly step: DegradeStep | 'elsewhere';
  readonly strain: number;
}

interface Reasons {
  readonly met: Met;
  readonly tried: readonly Tried[];
}

/** `way` differs from the planned one without steps where another target serves the same, or was to stand in anyway. */
export interface Admitted extends Reasons {
  readonly kind: 'admitted';
  readonly way: Way;
  /** What is given up, in the order of the policy. */
  readonly steps: readonly EasingStep[];
}

export interface Cached extends Reasons {
  readonly kind: 'cached'; // the answer that a looser cache has is to be served
}

export interface Refused extends Reasons {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
}

export type Verdict = Admitted | Cached | Refused;
