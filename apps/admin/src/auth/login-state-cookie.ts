import { LOGIN_STATE_SECONDS } from '@relay/auth';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addCookie } from './add-cookie';

const NAME = 'relay_login';
const VALUE = new RegExp(`(?:^|;)\\s*${NAME}=([A-Za-z0-9_.-]+)`); // a signed token, which needs no quoting

export function readLoginState(request: FastifyRequest): string | undefined {
  return VALUE.exec(request.headers.cookie ?? '')?.[1];
}

export function setLoginState(request: FastifyRequest, reply: FastifyReply, state: string): void {
  write(request, reply, state, LOGIN_STATE_SECONDS);
}

export function clearLoginState(request: FastifyRequest, reply: FastifyReply): void {
  write(request, reply, '', 0);
}

/** Lax and not Strict: the provider's page is what sends the browser back with it. */
function write(request: FastifyRequest, reply: FastifyReply, value: string, maxAgeSeconds: number): void {
  const attributes = [
    `${NAME}=${value}`,
    `Max-Age=${maxAgeSeconds}`,
    'Path=/api/auth/oidc',
    'HttpOnly',
    'SameSite=Lax',
  ];
  addCookie(request, reply, attributes);
}
