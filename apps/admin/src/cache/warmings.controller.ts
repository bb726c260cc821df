import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type WarmCache,
  warmCacheSchema,
  type Warming,
  type WarmingPage,
  warmingPageSchema,
  warmingSchema,
} from '@relay/contracts';
import { Body, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { WarmingsService } from './warmings.service';

@ApiController('cache/warm')
export class WarmingsController {
  constructor(private readonly warmings: WarmingsService) {}

  @Post()
  @HttpCode(202)
  @Roles('operator', 'tenant-admin')
  @ApiOperation({ summary: 'Ask requests ahead of need, each as the tenant, in the batch class' })
  @ApiAcceptedResponse({ standardSchema: warmingSchema })
  start(@Body({ schema: warmCacheSchema }) body: WarmCache, @CurrentUser() user: AuthenticatedUser): Promise<Warming> {
    return this.warmings.start(user, body);
  }

  @Get()
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'What is asked ahead of need, and the last that was; newest first' })
  @ApiOkResponse({ standardSchema: warmingPageSchema })
  list(@CurrentUser() user: AuthenticatedUser): Promise<WarmingPage> {
    return this.warmings.list(user);
  }

  @Get(':id')
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'How far one is' })
  @ApiOkResponse({ standardSchema: warmingSchema })
  get(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<Warming> {
    return this.warmings.get(user, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Roles('operator', 'tenant-admin')
  @ApiOperation({ summary: 'Cancel one; what was stored by then stays' })
  @ApiNoContentResponse()
  cancel(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<void> {
    return this.warmings.cancel(user, id);
  }
}
