import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type Alert,
  type AlertPage,
  alertPageSchema,
  type AlertQuery,
  alertQuerySchema,
  alertSchema,
} from '@relay/contracts';
import { Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { AlertsService } from './alerts.service';

@ApiController('alerts')
export class AlertsController {
  constructor(private readonly alerts: AlertsService) {}

  @Get()
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'What fires, and what did; newest first' })
  @ApiOkResponse({ standardSchema: alertPageSchema })
  list(@Query({ schema: alertQuerySchema }) query: AlertQuery): Promise<AlertPage> {
    return this.alerts.list(query);
  }

  @Post(':id/ack')
  @HttpCode(200)
  @Roles('operator')
  @ApiOperation({ summary: 'Acknowledge an alert: that it fires is not told again' })
  @ApiOkResponse({ standardSchema: alertSchema })
  acknowledge(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<Alert> {
    return this.alerts.acknowledge(user, id);
  }
}
