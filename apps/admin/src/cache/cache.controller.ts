import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type BadHit,
  badHitSchema,
  type CacheEntryPage,
  type CacheHits,
  type CacheHitsQuery,
  cacheHitsQuerySchema,
  cacheHitsSchema,
  type CacheNeighbours,
  cacheNeighboursSchema,
  type CacheSimilarity,
  type CacheSimilarityQuery,
  cacheSimilarityQuerySchema,
  cacheSimilaritySchema,
  cacheEntryPageSchema,
  type CacheEntryQuery,
  cacheEntryQuerySchema,
  type CacheEntryView,
  cacheEntryViewSchema,
  type CacheStats,
  type CacheStatsQuery,
  cacheStatsQuerySchema,
  cacheStatsSchema,
  type InvalidateCache,
  type InvalidatedCache,
  invalidateCacheSchema,
  invalidatedCacheSchema,
  type MarkedBadHit,
  markedBadHitSchema,
} from '@relay/contracts';
import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { CacheInsightService } from './cache-insight.service';
import { CacheNeighboursService } from './cache-neighbours.service';
import { CacheEntriesService } from './cache-entries.service';
import { CacheRemovalService } from './cache-removal.service';
import { CacheStatsService } from './cache-stats.service';

@ApiController('cache')
export class CacheController {
  constructor(
    private readonly statistics: CacheStatsService,
    private readonly entries: CacheEntriesService,
    private readonly removal: CacheRemovalService,
    private readonly nearby: CacheNeighboursService,
    private readonly insight: CacheInsightService,
  ) {}

  @Get('stats')
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'Hits and what they saved, how far similar questions are trusted, and what is stored' })
  @ApiOkResponse({ standardSchema: cacheStatsSchema })
  stats(
    @Query({ schema: cacheStatsQuerySchema }) query: CacheStatsQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<CacheStats> {
    return this.statistics.read(user, query);
  }

  @Get('similarity')
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({
    summary:
      'How alike questions were to those that were stored, hits and near misses, and what labels say of each threshold',
  })
  @ApiOkResponse({ standardSchema: cacheSimilaritySchema })
  similarity(
    @Query({ schema: cacheSimilarityQuerySchema }) query: CacheSimilarityQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<CacheSimilarity> {
    return this.insight.similarity(user, query);
  }

  @Get('entries')
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'Stored answers, by their prompts where they may be found by meaning' })
  @ApiOkResponse({ standardSchema: cacheEntryPageSchema })
  list(
    @Query({ schema: cacheEntryQuerySchema }) query: CacheEntryQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<CacheEntryPage> {
    return this.entries.list(user, query);
  }

  @Get('entries/:id')
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'One stored answer, with what it says' })
  @ApiOkResponse({ standardSchema: cacheEntryViewSchema })
  get(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<CacheEntryView> {
    return this.entries.get(user, id);
  }

  @Get('entries/:id/neighbours')
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'The nearest stored questions, and whether one would be answered by the other' })
  @ApiOkResponse({ standardSchema: cacheNeighboursSchema })
  neighbours(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<CacheNeighbours> {
    return this.nearby.of(user, id);
  }

  @Get('entries/:id/hits')
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({
    summary: 'The latest requests that were answered from an entry (what was asked: not for viewers, and audited)',
  })
  @ApiOkResponse({ standardSchema: cacheHitsSchema })
  hits(
    @Param('id') id: string,
    @Query({ schema: cacheHitsQuerySchema }) query: CacheHitsQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<CacheHits> {
    return this.insight.hits(user, id, query);
  }

  @Post('entries/:id/bad-hit')
  @HttpCode(200)
  @Roles('operator', 'tenant-admin')
  @ApiOperation({
    summary: 'Say that something wrong was served from an entry: it is out of service at once, everywhere',
  })
  @ApiBody({ required: false })
  @ApiOkResponse({ standardSchema: markedBadHitSchema })
  markBadHit(
    @Param('id') id: string,
    @Body({ schema: badHitSchema }) body: BadHit,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<MarkedBadHit> {
    return this.removal.markBadHit(user, id, body);
  }

  @Post('invalidate')
  @HttpCode(200)
  @Roles('operator', 'tenant-admin')
  @ApiOperation({
    summary: 'Take the answers that have all that is named out of the cache, everywhere; a dry run counts them',
  })
  @ApiOkResponse({ standardSchema: invalidatedCacheSchema })
  invalidate(
    @Body({ schema: invalidateCacheSchema }) body: InvalidateCache,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<InvalidatedCache> {
    return this.removal.invalidate(user, body);
  }
}
