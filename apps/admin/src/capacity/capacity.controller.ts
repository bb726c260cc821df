import { Roles } from '@relay/auth';
import { CapacityService, WhatIfService } from '@relay/capacity';
import {
  type CapacityQuery,
  capacityQuerySchema,
  type CapacityReport,
  capacityReportSchema,
  type WhatIf,
  type WhatIfReply,
  whatIfReplySchema,
  whatIfSchema,
} from '@relay/contracts';
import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';

@ApiController('capacity')
export class CapacityController {
  constructor(
    private readonly capacity: CapacityService,
    private readonly whatIfs: WhatIfService,
  ) {}

  @Get()
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'How full pools and limits are, and which is met when at the present growth' })
  @ApiOkResponse({ standardSchema: capacityReportSchema })
  report(@Query({ schema: capacityQuerySchema }) query: CapacityQuery): Promise<CapacityReport> {
    return unwrap(this.capacity.report(query));
  }

  @Post('what-if')
  @HttpCode(200)
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'What another tenant would change; nothing is kept' })
  @ApiOkResponse({ standardSchema: whatIfReplySchema })
  whatIf(@Body({ schema: whatIfSchema }) question: WhatIf): Promise<WhatIfReply> {
    return unwrap(this.whatIfs.answer(question));
  }
}
