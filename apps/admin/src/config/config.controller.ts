import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import { CONFIG_RELOADER, type ConfigReloader } from '@relay/config';
import { type ConfigReloadReply, configReloadReplySchema } from '@relay/contracts';
import { HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AuditTeller } from '../audit/audit-teller.service';
import { ApiController } from '../http/api-controller.decorator';

@ApiController('config')
export class ConfigController {
  constructor(
    @Inject(CONFIG_RELOADER) private readonly reloader: ConfigReloader,
    private readonly audit: AuditTeller,
  ) {}

  @Post('reload')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Read relay.yaml again; with problems the old configuration stays in force' })
  @ApiOkResponse({ standardSchema: configReloadReplySchema })
  async reload(@CurrentUser() user: AuthenticatedUser): Promise<ConfigReloadReply> {
    const problems = await this.reloader.reload();
    await this.audit.tell(user, 'config.reload', 'relay.yaml', { problems: problems.length });
    return { applied: problems.length === 0, problems: [...problems] };
  }
}
