import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type ApiKeyPage,
  apiKeyPageSchema,
  type ApiKeyView,
  apiKeyViewSchema,
  type CreateApiKey,
  createApiKeySchema,
  type CreatedApiKey,
  createdApiKeySchema,
  type PageQuery,
  pageQuerySchema,
  type RotateApiKey,
  rotateApiKeySchema,
  type UpdateApiKey,
  updateApiKeySchema,
} from '@relay/contracts';
import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { TenantKeysService } from './tenant-keys.service';

@ApiController('tenants/:id/keys')
export class TenantKeysController {
  constructor(private readonly keys: TenantKeysService) {}

  @Get()
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'API keys of a tenant, by their prefixes' })
  @ApiOkResponse({ standardSchema: apiKeyPageSchema })
  list(
    @Param('id') id: string,
    @Query({ schema: pageQuerySchema }) query: PageQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<ApiKeyPage> {
    return this.keys.list(user, id, query);
  }

  @Post()
  @Roles('operator', 'tenant-admin')
  @ApiOperation({ summary: 'Create an API key; the reply is the only place where it can be read' })
  @ApiCreatedResponse({ standardSchema: createdApiKeySchema })
  create(
    @Param('id') id: string,
    @Body({ schema: createApiKeySchema }) body: CreateApiKey,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<CreatedApiKey> {
    return this.keys.create(user, id, body);
  }

  @Patch(':keyId')
  @Roles('operator', 'tenant-admin')
  @ApiOperation({ summary: 'Change an API key; what is not named stays' })
  @ApiOkResponse({ standardSchema: apiKeyViewSchema })
  update(
    @Param('id') id: string,
    @Param('keyId') keyId: string,
    @Body({ schema: updateApiKeySchema }) body: UpdateApiKey,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<ApiKeyView> {
    return this.keys.update(user, id, keyId, body);
  }

  @Post(':keyId/rotate')
  @Roles('operator', 'tenant-admin')
  @ApiOperation({ summary: 'Replace an API key by another with the same rights; the old one ends after the overlap' })
  @ApiCreatedResponse({ standardSchema: createdApiKeySchema })
  rotate(
    @Param('id') id: string,
    @Param('keyId') keyId: string,
    @Body({ schema: rotateApiKeySchema }) body: RotateApiKey,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<CreatedApiKey> {
    return this.keys.rotate(user, id, keyId, body);
  }

  @Delete(':keyId')
  @HttpCode(204)
  @Roles('operator', 'tenant-admin')
  @ApiOperation({ summary: 'Revoke an API key' })
  @ApiNoContentResponse()
  revoke(
    @Param('id') id: string,
    @Param('keyId') keyId: string,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<void> {
    return this.keys.revoke(user, id, keyId);
  }
}
