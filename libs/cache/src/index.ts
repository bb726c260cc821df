export { OnceBook, type OnceClaim } from './once/once-book.service';
export type { KeptReply } from './once/once-entry';
export { CacheModule } from './cache.module';
export { parseCacheControl, type CacheDirectives } from './domain/cache-control';
export type { CachedAnswer } from './domain/cached-answer';
export type {
  Arrival,
  Cockpit,
  Delivery,
  FlightFacts,
  FlightRefusal,
  Landing,
  Passenger,
} from './domain/flights/passenger';
export type { ExactEntry, ExactEntryPage, ExactEntryQuery } from './domain/exact-entry';
export type { CacheScope } from './domain/exact-key';
export { labelsNamed, labelsOf, type CacheSelector, type LabelSource } from './domain/labels';
export { DELIVERY_FIELDS } from './domain/parameter-defaults';
export { ExactCache, type ExactCacheStats } from './exact-cache.service';
export { InvalidationQueue } from './invalidation/invalidation-queue';
export { InvalidationStore, type InvalidationTask } from './invalidation/invalidation-store';
export { Invalidations } from './invalidation/invalidations.service';
export { OwnerDirectory } from './invalidation/owner-directory';
export { Flights, type FlightStats } from './flights/flights.service';
export { GUARD_NAMES, guardPair, type GuardName, type GuardViolation } from './domain/semantic/guards';
export { JOB_ATTEMPTS } from './job-line';
export { WarmingQueue } from './warming/warming-queue';
export { WarmingStore, type WarmingNext, type WarmingStep, type WarmingTask } from './warming/warming-store';
export { questionOf, type Question } from './domain/semantic/question';
export { refusalToLookUp } from './domain/semantic/eligibility';
export { evidenceParts, semanticScope } from './domain/semantic/scope';
export type { Crashed } from './domain/flights/passenger';
export { BadHits, type BadHitOutcome, type BadHitReport } from './semantic/bad-hits.service';
export { MODEL_ASKER, type ModelAsker, type ModelQuestion } from './semantic/judges/model-asker.port';
export { AnswerJudge } from './semantic/judges/answer-judge';
export { LabelBook, type EvidenceClass } from './semantic/labels/label-book.service';
export {
  SemanticCache,
  type SemanticCounts,
  type SemanticQuestion,
  type SemanticVerdict,
} from './semantic/semantic-cache.service';
export { SemanticStore } from './semantic/store/semantic-store';
export type { OnBatch } from './semantic/store/entry-removal';
export type { EntryNeighbours, PlacedEntry } from './semantic/store/nearby-entries';
export type { ErrorPoint } from './domain/semantic/error-curve';
export { decideHit, type HitReason, learnsThreshold } from './domain/semantic/decide';
export { labelOdds, MIN_JUDGED_SIMILARITY } from './domain/semantic/label-odds';
export { pairFeatures, PAIR_FEATURES } from './domain/semantic/pair-features';
export { pairLikeness, pairScore } from './domain/semantic/pair-score';
export { candidateOf, MAX_NEIGHBOURS, neighbourhoodOf, rivalsOf } from './domain/semantic/candidate';
export {
  ALONE,
  recordAfter,
  surroundingsOf,
  type Neighbourhood,
  type Surroundings,
} from './domain/semantic/surroundings';
export type { Label, ThresholdState } from './domain/semantic/semantic-model';
export { recheckOdds } from './domain/semantic/recheck-odds';
export { chooseThreshold } from './domain/semantic/threshold';
export { lowerLimit, upperLimit } from './domain/semantic/threshold-limits';
