import type { TokenParts } from '@relay/contracts';

/** A complete answer as the cache keeps it, whoever asked first and however it was delivered. */
export interface CachedAnswer {
  /** The complete `chat.completion` as JSON, ready to send; of a refusal, what the upstream said. */
  readonly body: Buffer;
  /** 200, or the status of a refusal that the same request would get again. */
  readonly status: number;
  /** Of a refusal: stable code of the relay's own error. Null for answers. */
  readonly errorCode: string | null;
  readonly createdAt: number; // ms since the epoch
  readonly expiresAt: number; // ms since the epoch: fresh until then
  readonly staleUntil: number; // ms since the epoch, >= expiresAt: until then it is kept, for plans that take it past its time
  /** Latest invalidation that was known when the request began: a later one that fits `labels` makes the answer void. */
  readonly epoch: number;
  /** What it can be invalidated by, see `labelsOf`. */
  readonly labels: readonly string[];
  /** Trace of the request that paid for the answer. */
  readonly sourceTraceId: string;
  readonly servedModel: string;
  readonly provider: string;
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: string | null; // decimal string
  /** Absent in entries of older versions, as are the next three. */
  readonly priceVersion?: string | null | undefined;
  readonly reasoningTokens?: number | undefined;
  readonly tokenParts?: TokenParts | undefined;
  readonly usageEstimated?: boolean | undefined; // the upstream told no usage
  /** How it came, for replays at the original pace and for the time that a hit saves. */
  readonly ttftMs: number | null;
  readonly tookMs: number;
}
