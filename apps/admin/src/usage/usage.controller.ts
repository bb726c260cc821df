import { type AuthenticatedUser, CurrentUser, Roles, tenantScope } from '@relay/auth';
import {
  type ReconcileInvoice,
  reconcileSchema,
  type Reconciliation,
  reconciliationSchema,
  type Usage,
  type UsageForecast,
  type UsageForecastQuery,
  usageForecastQuerySchema,
  usageForecastSchema,
  type UsageQuery,
  usageQuerySchema,
  usageSchema,
  type UsageSeries,
  type UsageSeriesQuery,
  usageSeriesQuerySchema,
  usageSeriesSchema,
} from '@relay/contracts';
import { InvoiceReconciler, UsageStore } from '@relay/trace';
import { Body, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';
import { usageCsv } from './usage-csv';

@ApiController('usage')
@Roles('operator', 'viewer', 'tenant-admin')
export class UsageController {
  constructor(
    private readonly usage: UsageStore,
    private readonly invoices: InvoiceReconciler,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Requests, tokens, cost and savings by what they have in common; as CSV where that is accepted',
  })
  @ApiOkResponse({ standardSchema: usageSchema })
  async read(
    @Query({ schema: usageQuerySchema }) query: UsageQuery,
    @CurrentUser() user: AuthenticatedUser,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Usage | string> {
    const usage = await unwrap(this.usage.read(query, tenantScope(user)));
    const isCsv = query.format === undefined ? acceptsCsv(request) : query.format === 'csv';
    if (!isCsv) return usage;
    void reply.header('content-type', 'text/csv; charset=utf-8');
    void reply.header('content-disposition', `attachment; filename="usage-by-${usage.groupBy}.csv"`);
    return usageCsv(usage);
  }

  @Get('series')
  @ApiOperation({ summary: 'The same over time, for charts' })
  @ApiOkResponse({ standardSchema: usageSeriesSchema })
  series(
    @Query({ schema: usageSeriesQuerySchema }) query: UsageSeriesQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<UsageSeries> {
    return unwrap(this.usage.series(query, tenantScope(user)));
  }

  @Get('forecast')
  @ApiOperation({ summary: 'What was spent this month, and what the month will come to' })
  @ApiOkResponse({ standardSchema: usageForecastSchema })
  forecast(
    @Query({ schema: usageForecastQuerySchema }) query: UsageForecastQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<UsageForecast> {
    return this.usage.forecast(query, tenantScope(user));
  }

  @Post('reconcile')
  @HttpCode(200)
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: "Compare a provider's invoice with the traces; nothing is changed" })
  @ApiOkResponse({ standardSchema: reconciliationSchema })
  reconcile(@Body({ schema: reconcileSchema }) body: ReconcileInvoice): Promise<Reconciliation> {
    return unwrap(this.invoices.reconcile(body));
  }
}

const acceptsCsv = ({ headers }: FastifyRequest): boolean => /\btext\/csv\b/.test(headers.accept ?? '');
