import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type CacheInvalidation,
  type CacheInvalidationPage,
  cacheInvalidationPageSchema,
  cacheInvalidationSchema,
  type StartCacheInvalidation,
  startInvalidationSchema,
} from '@relay/contracts';
import { Body, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { InvalidationsService } from './invalidations.service';

@ApiController('cache/invalidations')
export class InvalidationsController {
  constructor(private readonly invalidations: InvalidationsService) {}

  @Post()
  @HttpCode(202)
  @Roles('operator', 'tenant-admin')
  @ApiOperation({ summary: 'Make the answers that have all that is named void at once; workers remove their copies' })
  @ApiAcceptedResponse({ standardSchema: cacheInvalidationSchema })
  start(
    @Body({ schema: startInvalidationSchema }) body: StartCacheInvalidation,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<CacheInvalidation> {
    return this.invalidations.start(user, body);
  }

  @Get()
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'What is being removed, and the last that was; newest first' })
  @ApiOkResponse({ standardSchema: cacheInvalidationPageSchema })
  list(@CurrentUser() user: AuthenticatedUser): Promise<CacheInvalidationPage> {
    return this.invalidations.list(user);
  }

  @Get(':id')
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'How far one is' })
  @ApiOkResponse({ standardSchema: cacheInvalidationSchema })
  get(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<CacheInvalidation> {
    return this.invalidations.get(user, id);
  }
}
