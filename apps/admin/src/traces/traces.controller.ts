import { type AuthenticatedUser, CurrentUser, Roles, tenantScope } from '@relay/auth';
import {
  type TraceDetail,
  traceDetailSchema,
  type TraceFacets,
  traceFacetsQuerySchema,
  traceFacetsSchema,
  type TraceFilter,
  type TraceHistogram,
  type TraceHistogramQuery,
  traceHistogramQuerySchema,
  traceHistogramSchema,
  type TracePage,
  tracePageSchema,
  type TraceQuery,
  traceQuerySchema,
} from '@relay/contracts';
import { TraceCounts, TraceStore } from '@relay/trace';
import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { found } from '../http/unwrap';
import { PayloadAccess } from './payload-access';

/** A copy without an id of its own, so that the API description lists its fields as query parameters. */
const querySchema = traceQuerySchema.extend({});
const facetsQuerySchema = traceFacetsQuerySchema.extend({});
const histogramQuerySchema = traceHistogramQuerySchema.extend({});

@ApiController('traces')
@Roles('operator', 'viewer', 'tenant-admin')
export class TracesController {
  constructor(
    private readonly traces: TraceStore,
    private readonly counts: TraceCounts,
    private readonly payloads: PayloadAccess,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Traces page by page, newest first unless `sort` says otherwise' })
  @ApiOkResponse({ standardSchema: tracePageSchema })
  async list(
    @Query({ schema: querySchema }) query: TraceQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<TracePage> {
    const page = await this.traces.list(this.payloads.searchOf(query, user), tenantScope(user));
    return this.payloads.list(page, query, user);
  }

  @Get('facets')
  @ApiOperation({ summary: 'Traces counted by status, tenant, provider, model, cache, queue, policy, rule and tag' })
  @ApiOkResponse({ standardSchema: traceFacetsSchema })
  async facets(
    @Query({ schema: facetsQuerySchema }) filter: TraceFilter,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<TraceFacets> {
    return this.counts.facets(this.payloads.searchOf(filter, user), tenantScope(user));
  }

  @Get('histogram')
  @ApiOperation({
    summary:
      'Traces over time by status, and their times, tokens and money in the whole window, also by tenant, provider or queue',
  })
  @ApiOkResponse({ standardSchema: traceHistogramSchema })
  async histogram(
    @Query({ schema: histogramQuerySchema }) query: TraceHistogramQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<TraceHistogram> {
    return this.counts.histogram(this.payloads.searchOf(query, user), tenantScope(user));
  }

  @Get(':id')
  @ApiOperation({
    summary: 'One trace in full: plan, decisions, stages, payload (not for viewers; what operators read is audited)',
  })
  @ApiOkResponse({ standardSchema: traceDetailSchema })
  async get(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<TraceDetail> {
    const detail = await found(this.traces.get(id, tenantScope(user)), 'trace');
    return this.payloads.show(detail, user);
  }
}
