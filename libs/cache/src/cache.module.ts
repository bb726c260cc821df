import { Module } from '@nestjs/common';
import { ExactCache } from './exact-cache.service';
import { Invalidations } from './invalidation/invalidations.service';
import { OwnerDirectory } from './invalidation/owner-directory';

/** Needs the global CLOCK, ENVIRONMENT, REDIS, RedisConnections and ConfigStore. */
@Module({
  providers: [ExactCache, Invalidations, OwnerDirectory],
  exports: [ExactCache, Invalidations, OwnerDirectory],
})
export class CacheModule {}
