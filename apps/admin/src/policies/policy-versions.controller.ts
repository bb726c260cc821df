import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type CreatePolicyDraft,
  createPolicyDraftSchema,
  type PageQuery,
  pageQuerySchema,
  type PolicyCanary,
  policyCanarySchema,
  type PolicyVersion,
  type PolicyVersionDetail,
  policyVersionDetailSchema,
  type PolicyVersionPage,
  policyVersionPageSchema,
  policyVersionSchema,
  type PublishPolicy,
  publishPolicySchema,
  type StartCanary,
  startCanarySchema,
  type UpdatePolicyDraft,
  updatePolicyDraftSchema,
} from '@relay/contracts';
import { PolicyCanaries, PolicyDrafts, PolicyReleases, PolicyVersions } from '@relay/policy';
import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WarmOnPublish } from '../cache/warm-on-publish.service';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';

@ApiController('policies/versions')
export class PolicyVersionsController {
  constructor(
    private readonly versions: PolicyVersions,
    private readonly drafts: PolicyDrafts,
    private readonly releases: PolicyReleases,
    private readonly canaries: PolicyCanaries,
    private readonly warming: WarmOnPublish,
  ) {}

  @Get()
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'Versions of policies, newest first' })
  @ApiOkResponse({ standardSchema: policyVersionPageSchema })
  list(@Query({ schema: pageQuerySchema }) query: PageQuery): Promise<PolicyVersionPage> {
    return unwrap(this.versions.list(query));
  }

  @Get(':version')
  @Roles('operator', 'viewer')
  @ApiOperation({
    summary:
      'A version (7, default@7, published, latest), or the policy of the file (file), with its text and its problems',
  })
  @ApiOkResponse({ standardSchema: policyVersionDetailSchema })
  get(@Param('version') version: string): Promise<PolicyVersionDetail> {
    return unwrap(this.versions.get(version));
  }

  @Post()
  @Roles('operator')
  @ApiOperation({ summary: 'A new draft; its number is given by the server' })
  @ApiCreatedResponse({ standardSchema: policyVersionDetailSchema })
  create(
    @Body({ schema: createPolicyDraftSchema }) body: CreatePolicyDraft,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<PolicyVersionDetail> {
    return unwrap(this.drafts.create(user, body));
  }

  @Put(':version')
  @Roles('operator')
  @ApiOperation({ summary: 'Another text for a draft' })
  @ApiOkResponse({ standardSchema: policyVersionDetailSchema })
  update(
    @Param('version') version: string,
    @Body({ schema: updatePolicyDraftSchema }) body: UpdatePolicyDraft,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<PolicyVersionDetail> {
    return unwrap(this.drafts.update(user, version, body));
  }

  @Delete(':version')
  @HttpCode(204)
  @Roles('operator')
  @ApiOperation({ summary: 'Discard a draft' })
  @ApiNoContentResponse()
  discard(@Param('version') version: string, @CurrentUser() user: AuthenticatedUser): Promise<void> {
    return unwrap(this.drafts.discard(user, version));
  }

  @Post(':version/publish')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Put a draft in force, in every process' })
  @ApiOkResponse({ standardSchema: policyVersionSchema })
  async publish(
    @Param('version') version: string,
    @Body({ schema: publishPolicySchema }) body: PublishPolicy,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<PolicyVersion> {
    const published = await unwrap(this.releases.publish(user, version, body));
    void this.warming.start(user);
    return published;
  }

  @Post(':version/canary')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({
    summary: 'Try a draft on a share of the traffic, until it is promoted, or stopped, if need be by itself',
  })
  @ApiOkResponse({ standardSchema: policyCanarySchema })
  canary(
    @Param('version') version: string,
    @Body({ schema: startCanarySchema }) body: StartCanary,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<PolicyCanary> {
    return unwrap(this.canaries.start(user, version, body));
  }
}
