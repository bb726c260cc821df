import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type BadHit,
  badHitSchema,
  type CacheEntryPage,
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
import { CacheEntriesService } from './cache-entries.service';
import { CacheRemovalService } from './cache-removal.service';
import { CacheStatsService } from './cache-stats.service';

@ApiController('cache')
export class CacheController {
  constructor(
    private readonly statistics: CacheStatsService,
    private readonly entries: CacheEntriesService,
    private readonly removal: CacheRemovalService,
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
  @ApiOperation({ summary: 'Take the answers that have all that is named out of the cache, everywhere' })
  @ApiOkResponse({ standardSchema: invalidatedCacheSchema })
  invalidate(
    @Body({ schema: invalidateCacheSchema }) body: InvalidateCache,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<InvalidatedCache> {
    return this.removal.invalidate(user, body);
  }
}
