import { AuditLog, Roles } from '@relay/auth';
import {
  type AuditPage,
  auditPageSchema,
  type AuditVerification,
  auditVerificationSchema,
  type PageQuery,
  pageQuerySchema,
} from '@relay/contracts';
import { Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';

@ApiController('audit')
export class AuditController {
  constructor(private readonly log: AuditLog) {}

  @Get()
  @Roles('operator')
  @ApiOperation({ summary: 'Who did what, newest first' })
  @ApiOkResponse({ standardSchema: auditPageSchema })
  list(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<AuditPage> {
    return unwrap(this.log.list(query));
  }

  @Get('verify')
  @Roles('operator')
  @ApiOperation({ summary: 'Whether every entry is what was written, where it was written' })
  @ApiOkResponse({ standardSchema: auditVerificationSchema })
  verify(): Promise<AuditVerification> {
    return this.log.verifyChain();
  }
}
