import type { EvidenceOf } from '@relay/contracts';

/** The running state that a plan may look at: a snapshot, so that planning stays a function of its inputs. */
export interface LiveFacts {
  /** By `targetKey`; a target that is missing is not watched by this process. */
  readonly targets: ReadonlyMap<string, TargetLive>;
  /** Targets that may not be called now, by `targetKey`, and why. */
  readonly open: ReadonlyMap<string, ShutReason>;
  /** Feedback on answers, by `evidenceKey`: of the tenant that asks, and of its user. */
  readonly evidence: EvidenceOf;
  /** Mean length of the answers seen lately in tokens, by task; `` (empty) for all tasks. */
  readonly outputTokens: ReadonlyMap<string, number>;
  /** What the tenant has spent this calendar month (UTC), in USD; `null` if it is not known. */
  readonly spentUsd: number | null;
  /** Predicted tokens (input + 2 x output) from which a request counts as long. */
  readonly longCostTokens: number;
}

/** `down`: an open circuit breaker, an upstream that asked to wait. The others: an operator holds the breaker open, or drains it. */
export type ShutReason = 'down' | 'forced' | 'drained';

export interface TargetLive {
  readonly ttftP50Ms: number | null; // time to first token
  readonly ttftP90Ms: number | null;
  readonly tpotP50Ms: number | null; // time per output token after the first
  readonly tpotP90Ms: number | null;
  /** Share of the provider's slots in use, waiting requests included: above 1 there is a line. */
  readonly load: number;
  /** Network round trip to the provider in ms, measured when a connection is opened. */
  readonly rttMs: number | null;
}

/** As long as nothing was measured. */
export const FIRST_LONG_COST_TOKENS = 4_000;

export const NOTHING_LIVE: LiveFacts = {
  targets: new Map(),
  open: new Map(),
  evidence: { tenant: new Map(), user: new Map() },
  outputTokens: new Map(),
  spentUsd: null,
  longCostTokens: FIRST_LONG_COST_TOKENS,
};
