import { REFRESH_TOKEN_SECONDS } from '@relay/auth';
import fastifyCookie from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = 'relay_refresh';
/** Sent to nothing but the session routes, by no other site, and out of the reach of scripts. */
const ATTRIBUTES = { path: '/api/auth', httpOnly: true, sameSite: 'strict' } as const;

export function readRefreshCookie(request: FastifyRequest): string | undefined {
  const header = request.headers.cookie;
  return header === undefined ? undefined : fastifyCookie.parse(header)[NAME];
}

export function setRefreshCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  write(request, reply, token, REFRESH_TOKEN_SECONDS);
}

export function clearRefreshCookie(request: FastifyRequest, reply: FastifyReply): void {
  write(request, reply, '', 0);
}

function write(request: FastifyRequest, reply: FastifyReply, value: string, maxAge: number): void {
  const secure = request.protocol === 'https';
  void reply.header('set-cookie', fastifyCookie.serialize(NAME, value, { ...ATTRIBUTES, maxAge, secure }));
}
