import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type AlertRuleInput,
  type AlertRulePage,
  alertRulePageSchema,
  alertRuleSchema,
  type AlertRuleView,
  alertRuleViewSchema,
  type ChangeAlertRule,
  changeAlertRuleSchema,
} from '@relay/contracts';
import { Body, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { AlertRulesService } from './alert-rules.service';

@ApiController('alerts/rules')
export class AlertRulesController {
  constructor(private readonly rules: AlertRulesService) {}

  @Get()
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'What is watched: built in, of relay.yaml, of the database' })
  @ApiOkResponse({ standardSchema: alertRulePageSchema })
  list(): Promise<AlertRulePage> {
    return this.rules.list();
  }

  @Post()
  @Roles('operator')
  @ApiOperation({ summary: 'Watch something more' })
  @ApiCreatedResponse({ standardSchema: alertRuleViewSchema })
  create(
    @Body({ schema: alertRuleSchema }) rule: AlertRuleInput,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<AlertRuleView> {
    return this.rules.create(user, rule);
  }

  @Patch(':id')
  @Roles('operator')
  @ApiOperation({ summary: 'Change a rule; of a built-in one a changed copy is kept' })
  @ApiOkResponse({ standardSchema: alertRuleViewSchema })
  change(
    @Param('id') id: string,
    @Body({ schema: changeAlertRuleSchema }) change: ChangeAlertRule,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<AlertRuleView> {
    return this.rules.change(user, id, change);
  }

  @Delete(':id')
  @HttpCode(204)
  @Roles('operator')
  @ApiOperation({ summary: 'Remove a rule; a built-in one that was changed is as it was' })
  @ApiNoContentResponse()
  remove(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<void> {
    return this.rules.remove(user, id);
  }
}
