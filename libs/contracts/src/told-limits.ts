/** What a provider said of its own rate limits in the headers of a reply; absent where it said nothing that makes sense. */
export interface ToldLimits {
  readonly remainingRequests?: number;
  readonly requestsResetMs?: number; // from now
  readonly remainingTokens?: number;
  readonly tokensResetMs?: number; // from now
}
