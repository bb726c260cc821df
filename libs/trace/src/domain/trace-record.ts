import type { CacheResult, QueueResult, RouteCandidate, TokenParts, TraceStatus } from '@relay/contracts';

/** One call of an upstream, or a try at one. Times in ms since the request arrived. */
export interface AttemptRecord {
  readonly provider: string;
  readonly model: string; // the name the provider knows
  /** `ok`, an error code, `not_accepted` by a cascade, `hedge_lost`; `breaker_open` or `out_of_service` (by an operator): not called. */
  readonly outcome: string;
  readonly upstreamStatus: number | null;
  readonly startMs: number;
  readonly durationMs: number;
  /** As the upstream reported them. Only where there were several attempts: a single one's are those of the request. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: string;
}

/** A step of the request's way, as a tuple because every row carries about eight of them. */
export type StageRecord = readonly [
  name: string,
  startMs: number,
  durationMs: number,
  attributes?: Readonly<Record<string, string | number | boolean | null>>,
];

/** What has to be known of a request when somebody judges its answer. */
export interface FinishedRequest {
  readonly tenant: string;
  readonly user: string | null;
  readonly model: string | null; // that served it
  readonly task: string | null;
  readonly source: string | null; // trace id of the request that produced the answer; null: this one did
  readonly cacheEntry: string | null; // that it was served from
  readonly similarity: number | null; // of a semantic hit
}

/**
 * What records have in common that differ in nothing but `id`, `requestId`, `at` (within the same hour), stages, times and headers of Trace
 * Context: worked out for the first of them.
 */
export class SharedParts {
  columns: string | null = null; // of its line
  detail: string | null = null;
  finished: FinishedRequest | null = null;
}

/** Everything the relay remembers of one request. Durations in ms, money in USD as decimal strings. */
export interface TraceRecord {
  /** A UUID version 7. The millisecond it tells is the time the row is stored under. */
  readonly id: string;
  readonly at: number; // ms since the epoch, when the request arrived
  readonly requestId: string;
  readonly tenant: string | null;
  readonly keyId: string | null;
  readonly endpoint: string;
  readonly model: string | null; // asked for
  readonly servedModel: string | null;
  readonly provider: string | null;
  readonly status: TraceStatus;
  readonly httpStatus: number;
  readonly errorCode: string | null;
  readonly error: string | null; // message, as the client saw it
  readonly stream: boolean;
  readonly cache: CacheResult;
  readonly cacheSource: string | null; // trace id of the request that produced the answer
  readonly cacheEntry: string | null; // id of the entry that was served
  readonly similarity: number | null; // cosine, of a semantic hit
  readonly savedMs: number | null; // what the answer took when it was made, less what this request took
  readonly queue: QueueResult;
  readonly queueMs: number;
  readonly ttftMs: number | null; // time to first token
  readonly totalMs: number;
  readonly inputTokens: number | null; // cached ones included
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null; // reasoning ones included
  readonly reasoningTokens: number | null;
  readonly tokenParts: TokenParts; // what else was counted apart
  readonly usageEstimated: boolean; // counted here, where the upstream told nothing; so is the cost then
  readonly costUsd: string | null; // null where nobody knows the price
  readonly priceVersion: string | null; // which price that was; several, with commas, where several models were called
  readonly savedUsd: string | null;
  readonly policy: string | null; // name@version
  readonly signature: string | null;
  readonly planId: string | null;
  readonly degraded: readonly string[];
  readonly tags: readonly string[];
  readonly attempts: readonly AttemptRecord[];
  readonly stages: readonly StageRecord[];
  readonly features: Record<string, unknown> | null;
  /** Scores of this request, best first; `null` where those of its plan hold, which many requests share. */
  readonly scores: readonly RouteCandidate[] | null;
  readonly predicted: Readonly<Record<string, number | null>> | null;
  /** Why the answer ended, as its provider said. For spans; not stored. */
  readonly finishReason?: string | null;
  /** Headers of W3C Trace Context, as the client sent them. For spans; not stored. */
  readonly traceparent?: string | readonly string[] | undefined;
  readonly tracestate?: string | readonly string[] | undefined;
  /** Of records that are alike. */
  readonly shared?: SharedParts | null;
}

/** Request and answer as text, kept apart from the row. */
export interface TracePayload {
  readonly request: string;
  readonly response: string;
}
