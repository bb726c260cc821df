import { REFRESH_TOKEN_SECONDS } from '@relay/auth';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addCookie } from './add-cookie';

const NAME = 'relay_refresh';
/** The token is base64url, so it needs no quoting and ends at the first other character. */
const VALUE = new RegExp(`(?:^|;)\\s*${NAME}=([A-Za-z0-9_-]+)`);

export function readRefreshCookie(request: FastifyRequest): string | undefined {
  return VALUE.exec(request.headers.cookie ?? '')?.[1];
}

export function setRefreshCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  write(request, reply, token, REFRESH_TOKEN_SECONDS);
}

export function clearRefreshCookie(request: FastifyRequest, reply: FastifyReply): void {
  write(request, reply, '', 0);
}

/** Sent to nothing but the session routes, by no other site, and out of the reach of scripts (RFC 6265). */
function write(request: FastifyRequest, reply: FastifyReply, value: string, maxAgeSeconds: number): void {
  const attributes = [`${NAME}=${value}`, `Max-Age=${maxAgeSeconds}`, 'Path=/api/auth', 'HttpOnly', 'SameSite=Strict'];
  addCookie(request, reply, attributes);
}
