import { type AuthenticatedUser, CurrentUser, Roles } from '@relay/auth';
import {
  type AlertChannelInput,
  type AlertChannelPage,
  alertChannelPageSchema,
  alertChannelSchema,
  type AlertChannelView,
  alertChannelViewSchema,
  type ChannelTest,
  channelTestSchema,
} from '@relay/contracts';
import { Body, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ApiController } from '../http/api-controller.decorator';
import { AlertChannelsService } from './alert-channels.service';

@ApiController('alerts/channels')
export class AlertChannelsController {
  constructor(private readonly channels: AlertChannelsService) {}

  @Get()
  @Roles('operator', 'viewer')
  @ApiOperation({ summary: 'Where alerts are told; never by which URL' })
  @ApiOkResponse({ standardSchema: alertChannelPageSchema })
  list(): Promise<AlertChannelPage> {
    return this.channels.list();
  }

  @Post()
  @Roles()
  @ApiOperation({ summary: 'Have alerts told somewhere else; only an owner says where to' })
  @ApiCreatedResponse({ standardSchema: alertChannelViewSchema })
  create(
    @Body({ schema: alertChannelSchema }) channel: AlertChannelInput,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<AlertChannelView> {
    return this.channels.create(user, channel);
  }

  @Delete(':id')
  @HttpCode(204)
  @Roles()
  @ApiOperation({ summary: 'Remove a channel of the database' })
  @ApiNoContentResponse()
  remove(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<void> {
    return this.channels.remove(user, id);
  }

  @Post(':id/test')
  @HttpCode(200)
  @Roles()
  @ApiOperation({ summary: 'Tell a channel that this is a test, and wait for its answer, 5 s at most' })
  @ApiOkResponse({ standardSchema: channelTestSchema })
  test(@Param('id') id: string, @CurrentUser() user: AuthenticatedUser): Promise<ChannelTest> {
    return this.channels.test(user, id);
  }
}
