import {
  type AuthenticatedUser,
  CurrentUser,
  LoginService,
  Public,
  type Session,
  SIGNING_KEYS,
  type SigningKeys,
  toUserView,
} from '@relay/auth';
import { ConfigStore } from '@relay/config';
import {
  type ChangePassword,
  changePasswordSchema,
  type JsonWebKeySet,
  jsonWebKeySetSchema,
  type LoginMethods,
  loginMethodsSchema,
  type LoginReply,
  loginReplySchema,
  type LoginRequest,
  loginRequestSchema,
  type UserView,
  userViewSchema,
} from '@relay/contracts';
import { Body, Get, Header, HttpCode, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';
import { OwnSiteGuard } from './own-site.guard';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie';

@ApiController('auth')
export class AuthController {
  constructor(
    private readonly logins: LoginService,
    private readonly config: ConfigStore,
    @Inject(SIGNING_KEYS) private readonly keys: SigningKeys,
  ) {}

  @Public()
  @Get('methods')
  @ApiOperation({ summary: 'How one can log in here', security: [] })
  @ApiOkResponse({ standardSchema: loginMethodsSchema })
  methods(): LoginMethods {
    const { passwordLogin, oidc } = this.config.current.auth;
    const startUrl = (id: string): string => `/api/auth/oidc/${id}/start`;
    return { password: passwordLogin, oidc: oidc.map(({ id, name }) => ({ id, name, startUrl: startUrl(id) })) };
  }

  @Public()
  @Get('jwks')
  @Header('cache-control', 'public, max-age=300')
  @ApiOperation({
    summary: 'The public keys of access tokens (RFC 7517); none where they are signed with a secret',
    security: [],
  })
  @ApiOkResponse({ standardSchema: jsonWebKeySetSchema })
  jwks(): JsonWebKeySet {
    return this.keys.published;
  }

  @Public()
  @UseGuards(OwnSiteGuard)
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
  @UseGuards(OwnSiteGuard)
  @Post('refresh')
  @HttpCode(200)
  @ApiOperation({ summary: 'Exchange the refresh cookie for a new access token and the next cookie', security: [] })
  @ApiOkResponse({ standardSchema: loginReplySchema })
  async refresh(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<LoginReply> {
    return begin(request, reply, await unwrap(this.logins.refresh(readRefreshCookie(request))));
  }

  @Public()
  @UseGuards(OwnSiteGuard)
  @Post('logout')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the session of the refresh cookie', security: [] })
  @ApiNoContentResponse()
  async logout(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.logins.logout(readRefreshCookie(request));
    clearRefreshCookie(request, reply);
  }

  @Post('password')
  @HttpCode(200)
  @ApiOperation({ summary: 'Change the own password; every other session of the user ends' })
  @ApiOkResponse({ standardSchema: loginReplySchema })
  async changePassword(
    @Body({ schema: changePasswordSchema }) body: ChangePassword,
    @CurrentUser() user: AuthenticatedUser,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoginReply> {
    return begin(request, reply, await unwrap(this.logins.changePassword(user, body, request.ip)));
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
