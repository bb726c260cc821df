/** Of the header x-relay-tags. */
export const MAX_TAGS = 16;
export const MAX_TAG_LENGTH = 64; // characters

/** Names of the relay's own request and response headers, in lower case as Node has them. */
export const HEADERS = {
  requestId: 'x-request-id',
  anthropicRequestId: 'request-id', // where Anthropic's clients look for it
  traceId: 'x-relay-trace-id',
  policy: 'x-relay-policy',
  plan: 'x-relay-plan',
  cache: 'x-relay-cache',
  cacheEntry: 'x-relay-cache-entry',
  cacheSimilarity: 'x-relay-cache-similarity',
  model: 'x-relay-model',
  provider: 'x-relay-provider',
  queue: 'x-relay-queue',
  queueMs: 'x-relay-queue-ms',
  degraded: 'x-relay-degraded',
  costUsd: 'x-relay-cost-usd',
  estimated: 'x-relay-estimated', // what the body says was estimated here
  idempotencyKey: 'idempotency-key',
  idempotentReplayed: 'idempotent-replayed',
  serverTiming: 'server-timing',
  tenant: 'x-tenant-id',
  priority: 'x-relay-priority',
  deadlineMs: 'x-relay-deadline-ms',
  tags: 'x-relay-tags',
  user: 'x-relay-user',
  prefer: 'x-relay-prefer',
  explain: 'x-relay-explain',
  rateLimitRequests: 'x-ratelimit-limit-requests',
  rateLimitTokens: 'x-ratelimit-limit-tokens',
  rateRemainingRequests: 'x-ratelimit-remaining-requests',
  rateRemainingTokens: 'x-ratelimit-remaining-tokens',
  rateResetRequests: 'x-ratelimit-reset-requests', // a duration such as 1s or 6m0s
  rateResetTokens: 'x-ratelimit-reset-tokens',
} as const;
