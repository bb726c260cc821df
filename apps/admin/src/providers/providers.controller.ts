import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import { type ProviderPage, providerPageSchema, type ProviderView, providerViewSchema } from '@relay/contracts';
import { Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AuditTeller } from '../audit/audit-teller.service';
import { ApiController } from '../http/api-controller.decorator';
import { ProviderViews } from './provider-views.service';

@ApiController('providers')
export class ProvidersController {
  constructor(
    private readonly providers: ProviderViews,
    private readonly audit: AuditTeller,
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
  @ApiOperation({ summary: 'Close the breakers of a provider, so that it is called again at once by this process' })
  @ApiOkResponse({ standardSchema: providerViewSchema })
  async resetBreakers(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<ProviderView> {
    const view = this.providers.resetBreakers(id);
    await this.audit.tell(user, 'provider.breakers-reset', id);
    return view;
  }
}
