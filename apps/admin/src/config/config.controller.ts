import { Roles } from '@relay/auth';
import { CONFIG_RELOADER, type ConfigReloader } from '@relay/config';
import { type ConfigReloadReply, configReloadReplySchema } from '@relay/contracts';
import { HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';

@ApiController('config')
export class ConfigController {
  constructor(@Inject(CONFIG_RELOADER) private readonly reloader: ConfigReloader) {}

  @Post('reload')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Read relay.yaml again; with problems the old configuration stays in force' })
  @ApiOkResponse({ standardSchema: configReloadReplySchema })
  async reload(): Promise<ConfigReloadReply> {
    const problems = await this.reloader.reload();
    return { applied: problems.length === 0, problems: [...problems] };
  }
}
