import { CurrentUser, type AuthenticatedUser, LoginService, Public, type Session, toUserView } from '@relay/auth';
import {
  type LoginReply,
  loginReplySchema,
  type LoginRequest,
  loginRequestSchema,
  type UserView,
  userViewSchema,
} from '@relay/contracts';
import { Body, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie';

@ApiController('auth')
export class AuthController {
  constructor(private readonly logins: LoginService) {}

  @Public()
  @Post('login')
  @HttpCode(200)
  @ApiOperation({ summary: 'Log in; the refresh token comes as a cookie', security: [] })
  @ApiOkResponse({ standardSchema: loginReplySchema })
  async login(
    @Body({ schema: loginRequestSchema }) body: LoginRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoginReply> {
    return begin(request, reply, await unwrap(this.logins.login(body, request.ip)));
  }

  @Public()
  @Post('refresh')
  @HttpCode(200)
  @ApiOperation({ summary: 'Exchange the refresh cookie for a new access token and the next cookie', security: [] })
  @ApiOkResponse({ standardSchema: loginReplySchema })
  async refresh(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<LoginReply> {
    return begin(request, reply, await unwrap(this.logins.refresh(readRefreshCookie(request))));
  }

  @Public()
  @Post('logout')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the session of the refresh cookie', security: [] })
  @ApiNoContentResponse()
  async logout(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.logins.logout(readRefreshCookie(request));
    clearRefreshCookie(request, reply);
  }

  @Get('me')
  @ApiOperation({ summary: 'Who is logged in' })
  @ApiOkResponse({ standardSchema: userViewSchema })
  me(@CurrentUser() user: AuthenticatedUser): UserView {
    return toUserView(user);
  }
}

function begin(request: FastifyRequest, reply: FastifyReply, session: Session): LoginReply {
  setRefreshCookie(request, reply, session.refreshToken);
  return session.reply;
}
