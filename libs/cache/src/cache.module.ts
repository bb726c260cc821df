import { Module } from '@nestjs/common';
import { ExactCache } from './exact-cache.service';

/** Needs the global CLOCK, ENVIRONMENT, REDIS and ConfigStore. */
@Module({ providers: [ExactCache], exports: [ExactCache] })
export class CacheModule {}
