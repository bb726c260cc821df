import { AuditLog, type AuthenticatedUser, CurrentUser, Roles, tenantScope } from '@relay/auth';
import { type KeptVerdict, keptVerdictSchema, type TraceVerdict, traceVerdictSchema } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { FeedbackService, TraceStore } from '@relay/trace';
import { Body, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { found, unwrap } from '../http/unwrap';

/** What people who read traces think of the answers: it counts as what users of the apps say does. */
@ApiController('traces')
export class TraceVerdictsController {
  constructor(
    private readonly traces: TraceStore,
    private readonly feedback: FeedbackService,
    private readonly audit: AuditLog,
  ) {}

  @Post(':id/feedback')
  @HttpCode(200)
  @Roles('operator', 'tenant-admin')
  @ApiOperation({
    summary: 'Say what you think of the answer of a trace: -1 (useless) to 1 (right). Your last word counts',
  })
  @ApiOkResponse({ standardSchema: keptVerdictSchema })
  async give(
    @Param('id') id: string,
    @Body({ schema: traceVerdictSchema }) { score, comment }: TraceVerdict,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<KeptVerdict> {
    const { id: traceId, tenant } = await found(this.traces.get(id, tenantScope(user)), 'trace');
    if (tenant === null) throw noTenant();
    const actor = { id: user.id, email: user.email };
    const entry = { actor, action: 'trace.feedback', target: traceId, detail: { tenant, score } };
    const kept = await unwrap(
      this.feedback.judge(
        {
          keyId: `console:${user.email}`,
          tenantId: tenant,
          source: 'console',
          alongside: (transaction) => this.audit.append(entry, transaction),
        },
        { trace_id: traceId, score, comment },
      ),
    );
    return { id: kept.id, traceId, score };
  }
}

const noTenant = (): RelayError =>
  new RelayError(
    'invalid_request',
    'This request was refused before it was known whose it is: there is no answer to judge.',
    {
      param: 'id',
    },
  );
