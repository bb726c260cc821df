import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import { type ExplainReply, explainReplySchema, type ExplainRequest, explainRequestSchema } from '@relay/contracts';
import { Body, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { ExplainService } from './explain.service';

@ApiController('policies')
export class PoliciesController {
  constructor(private readonly explanations: ExplainService) {}

  @Post('explain')
  @HttpCode(200)
  @Roles('operator', 'tenant-admin')
  @ApiOperation({ summary: 'The plan for a request and the reasons for it, without calling anything' })
  @ApiOkResponse({ standardSchema: explainReplySchema })
  explain(
    @Body({ schema: explainRequestSchema }) body: ExplainRequest,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<ExplainReply> {
    return this.explanations.explain(user, body);
  }
}
