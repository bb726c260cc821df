import { VectorExtension1763700000000 } from './1763700000000-vector-extension';
import { Identity1763700000100 } from './1763700000100-identity';
import { Traces1763700000200 } from './1763700000200-traces';
import { RefreshTokenSuccessors1763700000300 } from './1763700000300-refresh-token-successors';
import { PolicyVersions1763700000400 } from './1763700000400-policy-versions';
import { AuditLog1763700000500 } from './1763700000500-audit-log';
import { RequestScores1763700000600 } from './1763700000600-request-scores';
import { TenantSpend1763700000700 } from './1763700000700-tenant-spend';
import { Feedback1763700000800 } from './1763700000800-feedback';
import { CacheProvenance1763700000900 } from './1763700000900-cache-provenance';
import { SemanticEntries1763700001000 } from './1763700001000-semantic-entries';
import { SemanticLabels1763700001100 } from './1763700001100-semantic-labels';
import { CacheStatsIndex1763700001200 } from './1763700001200-cache-stats-index';
import { CacheWarmings1763700001210 } from './1763700001210-cache-warmings';
import { WarmingScopes1763700001240 } from './1763700001240-warming-scopes';
import { InternalSpendIndex1763700001250 } from './1763700001250-internal-spend-index';
import { LatencySketches1763700001300 } from './1763700001300-latency-sketches';
import { Responses1763900001000 } from './1763900001000-responses';
import { Batches1763900002000 } from './1763900002000-batches';
import { Prices1763900003000 } from './1763900003000-prices';
import { IdentityLifecycle1763900011000 } from './1763900011000-identity-lifecycle';
import { UserIdentities1763900012000 } from './1763900012000-user-identities';
import { SealedPayloads1763900013000 } from './1763900013000-sealed-payloads';
import { EncryptionCheck1763900013100 } from './1763900013100-encryption-check';
import { TraceSearch1763900014000 } from './1763900014000-trace-search';
import { TraceIndexes1763900014100 } from './1763900014100-trace-indexes';
import { Usage1763900015000 } from './1763900015000-usage';
import { BatchHeaders1763900016000 } from './1763900016000-batch-headers';
import { HitsOfEntries1763900020000 } from './1763900020000-hits-of-entries';
import { Alerts1763900017000 } from './1763900017000-alerts';
import { ProviderOverrides1763900018000 } from './1763900018000-provider-overrides';
import { PolicyCanaries1763900019000 } from './1763900019000-policy-canaries';
import { FeedbackTimes1763900021000 } from './1763900021000-feedback-times';
import { TraceRequestIds1763900022000 } from './1763900022000-trace-request-ids';
import { CoarseTraceIndexes1763900022100 } from './1763900022100-coarse-trace-indexes';
import { ProviderBatches1763900030000 } from './1763900030000-provider-batches';
import { TracesOfProviderBatches1763900030100 } from './1763900030100-traces-of-provider-batches';
import { BatchesOnce1763900030200 } from './1763900030200-batches-once';
import { HoldersOfProviderBatches1763900030300 } from './1763900030300-holders-of-provider-batches';
import { AnswerRecords1763900032000 } from './1763900032000-answer-records';
import { EmbedderRegions1763900033000 } from './1763900033000-embedder-regions';
import { HiddenEntries1763900034000 } from './1763900034000-hidden-entries';
import { WaitingLines1763900035000 } from './1763900035000-waiting-lines';
import { ResponsesOnce1763900036000 } from './1763900036000-responses-once';
import { AnswerLabels1763900037000 } from './1763900037000-answer-labels';
import { WarmingTags1763900037000 } from './1763900037000-warming-tags';
import { CacheInvalidations1763900038000 } from './1763900038000-cache-invalidations';
import { SemanticSpaces1763900039000 } from './1763900039000-semantic-spaces';

/** Every migration, oldest first. Applied ones are never edited: add a new one. */
export const MIGRATIONS = [
  VectorExtension1763700000000,
  Identity1763700000100,
  Traces1763700000200,
  RefreshTokenSuccessors1763700000300,
  PolicyVersions1763700000400,
  AuditLog1763700000500,
  RequestScores1763700000600,
  TenantSpend1763700000700,
  Feedback1763700000800,
  CacheProvenance1763700000900,
  SemanticEntries1763700001000,
  SemanticLabels1763700001100,
  CacheStatsIndex1763700001200,
  CacheWarmings1763700001210,
  WarmingScopes1763700001240,
  InternalSpendIndex1763700001250,
  LatencySketches1763700001300,
  Responses1763900001000,
  Batches1763900002000,
  Prices1763900003000,
  IdentityLifecycle1763900011000,
  UserIdentities1763900012000,
  SealedPayloads1763900013000,
  EncryptionCheck1763900013100,
  TraceSearch1763900014000,
  TraceIndexes1763900014100,
  Usage1763900015000,
  BatchHeaders1763900016000,
  Alerts1763900017000,
  ProviderOverrides1763900018000,
  PolicyCanaries1763900019000,
  HitsOfEntries1763900020000,
  FeedbackTimes1763900021000,
  TraceRequestIds1763900022000,
  CoarseTraceIndexes1763900022100,
  ProviderBatches1763900030000,
  TracesOfProviderBatches1763900030100,
  BatchesOnce1763900030200,
  HoldersOfProviderBatches1763900030300,
  AnswerRecords1763900032000,
  EmbedderRegions1763900033000,
  HiddenEntries1763900034000,
  WaitingLines1763900035000,
  ResponsesOnce1763900036000,
  AnswerLabels1763900037000,
  WarmingTags1763900037000,
  CacheInvalidations1763900038000,
  SemanticSpaces1763900039000,
];
