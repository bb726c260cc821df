/** Tokens of one answer. The parts of the input have no token in common, nor have those of the output; absent parts are zero. */
export interface TokenUsage {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens?: number | null | undefined;
  readonly cacheWriteHourTokens?: number | null | undefined; // of those written
  readonly audioInputTokens?: number | null | undefined;
  readonly imageInputTokens?: number | null | undefined;
  readonly outputTokens: number | null;
  readonly reasoningTokens?: number | null | undefined;
  readonly audioOutputTokens?: number | null | undefined;
  readonly imageOutputTokens?: number | null | undefined;
}

/** USD per million tokens. What has no price of its own costs what its whole costs. */
export interface TokenRates {
  readonly inputPerMTok: number;
  readonly cachedInputPerMTok?: number | undefined;
  readonly cacheWriteInputPerMTok?: number | undefined;
  readonly cacheWriteHourInputPerMTok?: number | undefined; // default: as other writes
  readonly audioInputPerMTok?: number | undefined;
  readonly imageInputPerMTok?: number | undefined;
  readonly outputPerMTok: number;
  readonly reasoningPerMTok?: number | undefined;
  readonly audioOutputPerMTok?: number | undefined;
  readonly imageOutputPerMTok?: number | undefined;
}

/** What all tokens of a request cost whose input is longer; what it does not name stays as it is. */
export type LongContextRates = { readonly [Key in keyof TokenRates]?: TokenRates[Key] | undefined } & {
  readonly inputTokens: number;
};

export interface TieredRates extends TokenRates {
  readonly above?: readonly LongContextRates[] | undefined;
}

export interface TokenPrice extends TieredRates {
  /** Of calls through the provider's own batches; default: as any other call. */
  readonly batch?: TieredRates | undefined;
}
