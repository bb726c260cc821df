import { type AuthenticatedUser, CurrentUser, Roles, tenantScope } from '@relay/auth';
import {
  type TraceDetail,
  traceDetailSchema,
  type TracePage,
  tracePageSchema,
  type TraceQuery,
  traceQuerySchema,
} from '@relay/contracts';
import { TraceStore } from '@relay/trace';
import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { found } from '../http/unwrap';

/** A copy without an id of its own, so that the API description lists its fields as query parameters. */
const querySchema = traceQuerySchema.extend({});

@ApiController('traces')
@Roles('operator', 'viewer', 'tenant-admin')
export class TracesController {
  constructor(private readonly traces: TraceStore) {}

  @Get()
  @ApiOperation({ summary: 'Traces, newest first' })
  @ApiOkResponse({ standardSchema: tracePageSchema })
  list(@Query({ schema: querySchema }) query: TraceQuery, @CurrentUser() user: AuthenticatedUser): Promise<TracePage> {
    return this.traces.list(query, tenantScope(user));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One trace in full: plan, decisions, stages, payload' })
  @ApiOkResponse({ standardSchema: traceDetailSchema })
  get(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<TraceDetail> {
    return found(this.traces.get(id, tenantScope(user)), 'trace');
  }
}
