import { Roles } from '@relay/auth';
import { type ProviderPage, providerPageSchema, type ProviderView, providerViewSchema } from '@relay/contracts';
import { Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { ProviderViews } from './provider-views.service';

@ApiController('providers')
export class ProvidersController {
  constructor(private readonly providers: ProviderViews) {}

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
  @ApiOperation({ summary: 'Close the breakers of a provider, so that it is called again at once by this process' })
  @ApiOkResponse({ standardSchema: providerViewSchema })
  resetBreakers(@Param('id') id: string): ProviderView {
    return this.providers.resetBreakers(id);
  }
}
