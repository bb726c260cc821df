export { CacheModule } from './cache.module';
export { parseCacheControl, type CacheDirectives } from './domain/cache-control';
export type { CachedAnswer } from './domain/cached-answer';
export { completionToSse } from './domain/completion-to-sse';
export type { CacheScope } from './domain/exact-key';
export { StreamAssembler, type KnownUsage } from './domain/stream-assembler';
export { ExactCache, type ExactCacheStats } from './exact-cache.service';
export { refusalOfText, type LookUpRefusal } from './domain/semantic/eligibility';
export { guardPair, type GuardName, type GuardViolation } from './domain/semantic/guards';
