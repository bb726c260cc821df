import { type AuthenticatedUser, CurrentUser, Roles, UserAdministration } from '@relay/auth';
import {
  type CreateUser,
  createUserSchema,
  type ManagedUser,
  managedUserSchema,
  type UpdateUser,
  updateUserSchema,
  type UserPage,
  userPageSchema,
  type UserQuery,
  userQuerySchema,
} from '@relay/contracts';
import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { found, unwrap } from '../http/unwrap';

@ApiController('users')
@Roles('owner')
export class UsersController {
  constructor(private readonly users: UserAdministration) {}

  @Get()
  @ApiOperation({ summary: 'Who may log in, and as what' })
  @ApiOkResponse({ standardSchema: userPageSchema })
  list(@Query({ schema: userQuerySchema }) query: UserQuery): Promise<UserPage> {
    return unwrap(this.users.list(query));
  }

  @Post()
  @ApiOperation({ summary: 'Create a user' })
  @ApiCreatedResponse({ standardSchema: managedUserSchema })
  create(
    @Body({ schema: createUserSchema }) body: CreateUser,
    @CurrentUser() actor: AuthenticatedUser,
  ): Promise<ManagedUser> {
    return unwrap(this.users.create(body, actor));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One user' })
  @ApiOkResponse({ standardSchema: managedUserSchema })
  get(@Param('id') id: string): Promise<ManagedUser> {
    return found(this.users.get(id), 'user');
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change role, tenant or password of a user, disable or enable one' })
  @ApiOkResponse({ standardSchema: managedUserSchema })
  update(
    @Param('id') id: string,
    @Body({ schema: updateUserSchema }) body: UpdateUser,
    @CurrentUser() actor: AuthenticatedUser,
  ): Promise<ManagedUser> {
    return unwrap(this.users.update(id, body, actor));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a user; what the audit log says of him stays' })
  @ApiNoContentResponse()
  remove(@Param('id') id: string, @CurrentUser() actor: AuthenticatedUser): Promise<void> {
    return unwrap(this.users.remove(id, actor));
  }

  @Post(':id/logout')
  @HttpCode(204)
  @ApiOperation({ summary: 'End all sessions of a user' })
  @ApiNoContentResponse()
  logout(@Param('id') id: string, @CurrentUser() actor: AuthenticatedUser): Promise<void> {
    return unwrap(this.users.logout(id, actor));
  }
}
