import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type EndProviderOverride,
  endProviderOverrideSchema,
  type ProbeProvider,
  probeProviderSchema,
  type ProviderPage,
  providerPageSchema,
  type ProviderProbe,
  providerProbeSchema,
  type ProviderView,
  providerViewSchema,
  type SetProviderOverride,
  setProviderOverrideSchema,
} from '@relay/contracts';
import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { ProviderActions } from './provider-actions.service';
import { ProviderViews } from './provider-views.service';

@ApiController('providers')
export class ProvidersController {
  constructor(
    private readonly providers: ProviderViews,
    private readonly actions: ProviderActions,
  ) {}

  @Get()
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'Providers and their targets: latency, errors and breakers, in this process' })
  @ApiOkResponse({ standardSchema: providerPageSchema })
  list(): ProviderPage {
    return this.providers.page();
  }

  @Post(':id/breakers/reset')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Close the breakers of a provider, so that it is called again at once' })
  @ApiOkResponse({ standardSchema: providerViewSchema })
  async resetBreakers(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<ProviderView> {
    await this.actions.resetBreakers(user, id);
    return this.providers.one(id);
  }

  @Put(':id/override')
  @Roles('operator')
  @ApiOperation({
    summary: 'Take a provider, or one of its models, out of service for a while, or hold its breaker closed',
  })
  @ApiOkResponse({ standardSchema: providerViewSchema })
  async override(
    @Param('id') id: string,
    @Body({ schema: setProviderOverrideSchema }) wish: SetProviderOverride,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<ProviderView> {
    await this.actions.override(user, id, wish);
    return this.providers.one(id);
  }

  @Delete(':id/override')
  @HttpCode(204)
  @Roles('operator')
  @ApiOperation({ summary: 'End an override before its time' })
  @ApiNoContentResponse()
  endOverride(
    @Param('id') id: string,
    @Query({ schema: endProviderOverrideSchema }) what: EndProviderOverride,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<void> {
    return this.actions.endOverride(user, id, what);
  }

  @Post(':id/probe')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Call a provider once, past breakers and overrides, and tell what happened' })
  @ApiOkResponse({ standardSchema: providerProbeSchema })
  probe(
    @Param('id') id: string,
    @Body({ schema: probeProviderSchema }) what: ProbeProvider,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<ProviderProbe> {
    return this.actions.probe(user, id, what);
  }
}
