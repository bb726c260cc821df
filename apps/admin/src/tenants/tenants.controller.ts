import { type AuthenticatedUser, CurrentUser, Roles, tenantScope, TenantService } from '@relay/auth';
import {
  type CreateTenant,
  createTenantSchema,
  type PageQuery,
  pageQuerySchema,
  type TenantPage,
  tenantPageSchema,
  type TenantView,
  tenantViewSchema,
} from '@relay/contracts';
import { Body, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';

@ApiController('tenants')
export class TenantsController {
  constructor(private readonly tenants: TenantService) {}

  @Get()
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'Tenants of relay.yaml and of the database' })
  @ApiOkResponse({ standardSchema: tenantPageSchema })
  list(
    @Query({ schema: pageQuerySchema }) query: PageQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<TenantPage> {
    return unwrap(this.tenants.list(query, tenantScope(user)));
  }

  @Post()
  @Roles('owner')
  @ApiOperation({ summary: 'Create a tenant in the database' })
  @ApiCreatedResponse({ standardSchema: tenantViewSchema })
  create(@Body({ schema: createTenantSchema }) body: CreateTenant): Promise<TenantView> {
    return unwrap(this.tenants.create(body));
  }
}
