import { RelayError } from '@relay/core';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

type Asked = Pick<FastifyRequest, 'headers' | 'host'>;

/**
 * What sets or takes the session cookie is for the console's own pages and for programs, not for forms of other sites: SameSite keeps
 * a browser from sending the cookie for them, not from storing the one of somebody else's login (login CSRF).
 */
@Injectable()
export class OwnSiteGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isFromElsewhere(request)) throw fromElsewhere();
    return true;
  }
}

/**
 * By Fetch Metadata where the browser sends it (https and localhost; W3C Fetch Metadata), else by the origin against the host that was
 * asked. Programs send neither.
 */
export function isFromElsewhere({ headers, host }: Asked): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  return origin !== undefined && hostOf(origin) !== host.toLowerCase();
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

const fromElsewhere = (): RelayError =>
  new RelayError('forbidden', 'A page of another site cannot log in or out here. Allowed: the console, and programs.');
