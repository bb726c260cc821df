import { type AuthenticatedUser, CurrentUser, Roles, tenantScope } from '@relay/auth';
import {
  type EvaluationComparison,
  type EvaluationComparisonQuery,
  evaluationComparisonQuerySchema,
  evaluationComparisonSchema,
  type EvaluationQuery,
  evaluationQuerySchema,
  type Evaluations,
  evaluationsSchema,
} from '@relay/contracts';
import { EvaluationStore } from '@relay/trace';
import { Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';
import { evaluationsCsv } from './evaluations-csv';

@ApiController('evaluations')
@Roles('operator', 'viewer', 'tenant-admin')
export class EvaluationsController {
  constructor(private readonly evaluations: EvaluationStore) {}

  @Get()
  @ApiOperation({
    summary: 'How good, fast and dear answers were, by what they have in common; as CSV where that is accepted',
  })
  @ApiOkResponse({ standardSchema: evaluationsSchema })
  async read(
    @Query({ schema: evaluationQuerySchema }) query: EvaluationQuery,
    @CurrentUser() user: AuthenticatedUser,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Evaluations | string> {
    const evaluations = await unwrap(this.evaluations.read(query, tenantScope(user)));
    const isCsv = query.format === undefined ? acceptsCsv(request) : query.format === 'csv';
    if (!isCsv) return evaluations;
    void reply.header('content-type', 'text/csv; charset=utf-8');
    void reply.header('content-disposition', `attachment; filename="evaluations-by-${evaluations.by}.csv"`);
    return evaluationsCsv(evaluations);
  }

  @Get('comparison')
  @ApiOperation({
    summary: 'Whether two groups differ, or one before and after a moment: each figure with its verdict',
  })
  @ApiOkResponse({ standardSchema: evaluationComparisonSchema })
  compare(
    @Query({ schema: evaluationComparisonQuerySchema }) query: EvaluationComparisonQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<EvaluationComparison> {
    return unwrap(this.evaluations.compare(query, tenantScope(user)));
  }
}

const acceptsCsv = ({ headers }: FastifyRequest): boolean => /\btext\/csv\b/.test(headers.accept ?? '');
