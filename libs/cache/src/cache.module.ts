import { Module } from '@nestjs/common';
import { EmbeddingModule } from '@relay/embedding';
import { ExactCache } from './exact-cache.service';
import { Flights } from './flights/flights.service';
import { InvalidationStore } from './invalidation/invalidation-store';
import { Invalidations } from './invalidation/invalidations.service';
import { OwnerDirectory } from './invalidation/owner-directory';
import { UnfinishedInvalidations } from './invalidation/unfinished-invalidations';
import { OnceBook } from './once/once-book.service';
import { BadHits } from './semantic/bad-hits.service';
import { CountedTraces } from './semantic/counted-traces';
import { LabelBook } from './semantic/labels/label-book.service';
import { LabelStore } from './semantic/labels/label-store';
import { SemanticStore } from './semantic/store/semantic-store';

const SERVICES = [
  ExactCache,
  Invalidations,
  InvalidationStore,
  OwnerDirectory,
  Flights,
  SemanticStore,
  LabelBook,
  BadHits,
  OnceBook,
];

/**
 * What the cache holds and how it is managed. Needs the global CLOCK, ENVIRONMENT, REDIS, RedisConnections, ConfigStore and data source.
 * Whoever serves requests adds SemanticCache, AnswerJudge and a MODEL_ASKER.
 */
@Module({
  imports: [EmbeddingModule],
  providers: [...SERVICES, LabelStore, CountedTraces, UnfinishedInvalidations],
  exports: [...SERVICES, EmbeddingModule],
})
export class CacheModule {}
