import type { FastifyRequest } from 'fastify';

/** Clients name a type also where they send nothing, which Fastify would refuse: such a request of the control plane has no body. */
export function forgetTypeOfEmptyBody({ headers, url }: FastifyRequest): Promise<void> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  if (url.startsWith('/api/') && length === '0' && encoding === undefined) delete headers['content-type'];
  return Promise.resolve();
}
