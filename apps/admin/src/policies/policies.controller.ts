import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type EndCanary,
  endCanarySchema,
  type ExplainReply,
  explainReplySchema,
  type ExplainRequest,
  explainRequestSchema,
  type LintPolicy,
  lintPolicySchema,
  type PolicyCanary,
  policyCanarySchema,
  type PolicyDiff,
  type PolicyDiffQuery,
  policyDiffQuerySchema,
  policyDiffSchema,
  type PolicyLintReply,
  policyLintReplySchema,
  type PolicyOverview,
  policyOverviewSchema,
  type PolicyVersion,
  policyVersionSchema,
  type RollbackPolicy,
  rollbackPolicySchema,
} from '@relay/contracts';
import { PolicyCanaries, PolicyReleases, PolicyVersions } from '@relay/policy';
import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WarmOnPublish } from '../cache/warm-on-publish.service';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';
import { ExplainService } from './explain.service';

@ApiController('policies')
export class PoliciesController {
  constructor(
    private readonly versions: PolicyVersions,
    private readonly releases: PolicyReleases,
    private readonly canaries: PolicyCanaries,
    private readonly warming: WarmOnPublish,
    private readonly explanations: ExplainService,
  ) {}

  @Get()
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'The policy in force, of the database or of the file, and the canary beside it' })
  @ApiOkResponse({ standardSchema: policyOverviewSchema })
  overview(): Promise<PolicyOverview> {
    return this.versions.overview();
  }

  @Post('rollback')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Publish a copy of an earlier version under a new number' })
  @ApiOkResponse({ standardSchema: policyVersionSchema })
  async rollback(
    @Body({ schema: rollbackPolicySchema }) body: RollbackPolicy,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<PolicyVersion> {
    const published = await unwrap(this.releases.rollback(user, body));
    void this.warming.start(user);
    return published;
  }

  @Post('unpublish')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Put the policy of the configuration file in force again' })
  @ApiOkResponse({ standardSchema: policyOverviewSchema })
  unpublish(@CurrentUser() user: AuthenticatedUser): Promise<PolicyOverview> {
    return unwrap(this.releases.unpublish(user));
  }

  @Post('canary/promote')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Publish the canary: it plans all requests' })
  @ApiOkResponse({ standardSchema: policyVersionSchema })
  async promote(
    @Body({ schema: endCanarySchema }) body: EndCanary,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<PolicyVersion> {
    const published = await unwrap(this.canaries.promote(user, body));
    void this.warming.start(user);
    return published;
  }

  @Post('canary/stop')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Stop the canary: what is in force plans all requests again' })
  @ApiOkResponse({ standardSchema: policyCanarySchema })
  stop(
    @Body({ schema: endCanarySchema }) body: EndCanary,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<PolicyCanary> {
    return unwrap(this.canaries.stop(user, body));
  }

  @Get('diff')
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'What one policy changes of another, rule by rule and as text' })
  @ApiOkResponse({ standardSchema: policyDiffSchema })
  diff(@Query({ schema: policyDiffQuerySchema }) query: PolicyDiffQuery): Promise<PolicyDiff> {
    return unwrap(this.versions.diff(query));
  }

  @Post('lint')
  @HttpCode(200)
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'Every problem of a policy with the configuration in force, with line and column' })
  @ApiOkResponse({ standardSchema: policyLintReplySchema })
  lint(@Body({ schema: lintPolicySchema }) body: LintPolicy): Promise<PolicyLintReply> {
    return unwrap(this.versions.lint(body.source));
  }

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
