/** A complete answer as the cache keeps it, whoever asked first and however it was delivered. */
export interface CachedAnswer {
  /** The complete `chat.completion` as JSON, ready to send. */
  readonly body: Buffer;
  readonly createdAt: number; // ms since the epoch
  readonly expiresAt: number; // ms since the epoch
  /** Trace of the request that paid for the answer. */
  readonly sourceTraceId: string;
  readonly servedModel: string;
  readonly provider: string;
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: string | null; // decimal string
}
