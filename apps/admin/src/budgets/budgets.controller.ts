import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type BudgetPage,
  budgetPageSchema,
  type BudgetQuery,
  budgetQuerySchema,
  type BudgetView,
  budgetViewSchema,
  type CreateBudget,
  createBudgetSchema,
  type UpdateBudget,
  updateBudgetSchema,
} from '@relay/contracts';
import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { BudgetsService } from './budgets.service';

@ApiController('budgets')
export class BudgetsController {
  constructor(private readonly budgets: BudgetsService) {}

  @Get()
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'Budgets of relay.yaml and of the database, with what is left of them' })
  @ApiOkResponse({ standardSchema: budgetPageSchema })
  list(
    @Query({ schema: budgetQuerySchema }) query: BudgetQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<BudgetPage> {
    return this.budgets.list(user, query);
  }

  @Post()
  @Roles('operator')
  @ApiOperation({ summary: 'Give a tenant, or one of its keys, a budget for a month or a day' })
  @ApiCreatedResponse({ standardSchema: budgetViewSchema })
  create(
    @Body({ schema: createBudgetSchema }) body: CreateBudget,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<BudgetView> {
    return this.budgets.create(user, body);
  }

  @Get(':id')
  @Roles('operator', 'viewer', 'tenant-admin')
  @ApiOperation({ summary: 'One budget, with what is left of it' })
  @ApiOkResponse({ standardSchema: budgetViewSchema })
  get(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<BudgetView> {
    return this.budgets.get(user, id);
  }

  @Patch(':id')
  @Roles('operator')
  @ApiOperation({ summary: 'Change a budget of the database; it holds everywhere within seconds' })
  @ApiOkResponse({ standardSchema: budgetViewSchema })
  update(
    @Param('id') id: string,
    @Body({ schema: updateBudgetSchema }) body: UpdateBudget,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<BudgetView> {
    return this.budgets.update(user, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @Roles('operator')
  @ApiOperation({ summary: 'Remove a budget of the database' })
  @ApiNoContentResponse()
  remove(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<void> {
    return this.budgets.remove(user, id);
  }
}
