import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type CreateTenant,
  createTenantSchema,
  type TenantPage,
  tenantPageSchema,
  type TenantQuery,
  tenantQuerySchema,
  type TenantView,
  tenantViewSchema,
  type UpdateTenant,
  updateTenantSchema,
} from '@relay/contracts';
import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { TenantManagement } from './tenant-management.service';

@ApiController('tenants')
export class TenantsController {
  constructor(private readonly tenants: TenantManagement) {}

  @Get()
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'Tenants of relay.yaml and of the database' })
  @ApiOkResponse({ standardSchema: tenantPageSchema })
  list(
    @Query({ schema: tenantQuerySchema }) query: TenantQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<TenantPage> {
    return this.tenants.list(user, query);
  }

  @Post()
  @Roles('owner')
  @ApiOperation({ summary: 'Create a tenant in the database' })
  @ApiCreatedResponse({ standardSchema: tenantViewSchema })
  create(
    @Body({ schema: createTenantSchema }) body: CreateTenant,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<TenantView> {
    return this.tenants.create(user, body);
  }

  @Get(':id')
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'One tenant, disabled or not' })
  @ApiOkResponse({ standardSchema: tenantViewSchema })
  get(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<TenantView> {
    return this.tenants.get(user, id);
  }

  @Patch(':id')
  @Roles('operator')
  @ApiOperation({ summary: 'Change a tenant of the database; only owners disable and enable one' })
  @ApiOkResponse({ standardSchema: tenantViewSchema })
  update(
    @Param('id') id: string,
    @Body({ schema: updateTenantSchema }) body: UpdateTenant,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<TenantView> {
    return this.tenants.update(user, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @Roles('owner')
  @ApiOperation({ summary: 'Disable a tenant: its keys are refused at once, its data stays' })
  @ApiNoContentResponse()
  disable(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<void> {
    return this.tenants.disable(user, id);
  }
}
