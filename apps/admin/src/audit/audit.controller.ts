import { AuditLog, Roles } from '@relay/auth';
import {
  type AuditPage,
  auditPageSchema,
  type AuditQuery,
  auditQuerySchema,
  type AuditVerification,
  auditVerificationSchema,
  type AuditVerifyQuery,
  auditVerifyQuerySchema,
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
  list(@Query({ schema: auditQuerySchema }) query: AuditQuery): Promise<AuditPage> {
    return unwrap(this.log.list(query));
  }

  @Get('verify')
  @Roles('operator')
  @ApiOperation({ summary: 'Whether every entry is what was written, where it was written' })
  @ApiOkResponse({ standardSchema: auditVerificationSchema })
  verify(@Query({ schema: auditVerifyQuerySchema }) query: AuditVerifyQuery): Promise<AuditVerification> {
    return this.log.verifyChain(query);
  }
}
