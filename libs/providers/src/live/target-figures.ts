import type { ErrorCode } from '@relay/contracts';

/** `open`: nothing is let through, also while one call finds out; `half-open`: the next call is that one. */
export type BreakerState = 'closed' | 'half-open' | 'open';

/**
 * Why a target is not `closed`: calls to it failed, it did not take the relay's key, it limits the rate and said for how long, or an operator
 * took it out of service: holds its breaker open, or drains it.
 */
export type OpenReason = 'failures' | 'credentials' | 'rate-limit' | OutOfService;
type OutOfService = 'forced' | 'drained';

/** Not the target's doing. */
export const isOutOfService = (reason: OpenReason | null): reason is OutOfService =>
  reason === 'forced' || reason === 'drained';

export interface TargetError {
  readonly at: number; // ms since the epoch
  readonly code: ErrorCode;
  readonly upstreamStatus: number | null;
  readonly message: string;
}

/**
 * How one target did in the last 5 to 10 minutes, as this process saw it. Times in ms and shares are rounded to two significant
 * digits: they end up in the scores of traces. Null where nothing is known.
 */
export interface TargetFigures {
  readonly provider: string;
  readonly upstreamModel: string;
  readonly breaker: BreakerState;
  readonly reason: OpenReason | null;
  /** When the next call is let through, ms since the epoch; null unless open. */
  readonly openUntil: number | null;
  /** Time to the first token, of streams. */
  readonly ttftP50Ms: number | null;
  readonly ttftP90Ms: number | null;
  readonly ttftP95Ms: number | null;
  /** Time for each output token after the first, of streams; without any, of whole answers, their wait for the first token included. */
  readonly tpotP50Ms: number | null;
  readonly tpotP90Ms: number | null;
  /** Network round trip to the provider: what a TCP handshake takes, smoothed. */
  readonly rttMs: number | null;
  /** Calls that said something about the target. */
  readonly samples: number;
  /** Share of the samples, 0 to 1, that it failed or refused because of their rate. */
  readonly errorRate: number | null;
  readonly lastError: TargetError | null;
  /** How often the breaker opened since this process began to watch the target. */
  readonly opened: number;
  /** Calls that were not made meanwhile because it was open. */
  readonly refused: number;
}
