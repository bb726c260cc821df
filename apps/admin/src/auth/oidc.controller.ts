import { OidcLogin, Public } from '@relay/auth';
import { type LoginError, type OidcStartQuery, oidcStartQuerySchema } from '@relay/contracts';
import { Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiFoundResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../http/api-controller.decorator';
import { clearLoginState, readLoginState, setLoginState } from './login-state-cookie';
import { setRefreshCookie } from './refresh-cookie';

/** Pages of a login rather than an API: a browser goes through them, so what fails is told by a page of the console. */
@ApiController('auth/oidc')
export class OidcController {
  constructor(private readonly logins: OidcLogin) {}

  @Public()
  @Get(':id/start')
  @ApiOperation({ summary: 'Send the browser to a login provider', security: [] })
  @ApiParam({ name: 'id', schema: { type: 'string' } })
  @ApiFoundResponse({ description: 'To the provider, or to /login?error= of the console.' })
  async start(
    @Param('id') id: string,
    @Query({ schema: oidcStartQuerySchema }) query: OidcStartQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const started = await this.logins.start(id, query.returnTo, request.ip);
    if (!started.ok) return fail(reply, started.error);
    setLoginState(request, reply, started.value.state);
    go(reply, started.value.url);
  }

  @Public()
  @Get(':id/callback')
  @ApiOperation({ summary: 'Where a login provider sends the browser back to', security: [] })
  @ApiParam({ name: 'id', schema: { type: 'string' } })
  @ApiFoundResponse({ description: 'To the console, with the refresh token as a cookie, or to its /login?error=.' })
  async callback(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
    const finished = await this.logins.finish(id, query, readLoginState(request), request.ip);
    clearLoginState(request, reply);
    if (!finished.ok) return fail(reply, finished.error);
    setRefreshCookie(request, reply, finished.value.session.refreshToken);
    go(reply, finished.value.returnTo);
  }
}

function fail(reply: FastifyReply, error: LoginError): void {
  go(reply, `/login?error=${error}`);
}

/** What these addresses hold (codes, states) is for nobody's cache and nobody's Referer. */
function go(reply: FastifyReply, url: string): void {
  void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').redirect(url, 302);
}
