import type { FastifyReply, FastifyRequest } from 'fastify';

// Written by hand rather than by @fastify/cookie, whose hooks would run for every request of the data plane too.

/** Adds a cookie to those that the reply sets already; only over TLS, where the request came so (RFC 6265). */
export function addCookie(request: FastifyRequest, reply: FastifyReply, attributes: readonly string[]): void {
  const all = request.protocol === 'https' ? [...attributes, 'Secure'] : attributes;
  void reply.header('set-cookie', all.join('; '));
}
