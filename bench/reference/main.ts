/**
 * The least a gateway can be: Fastify in front, undici behind, the body passed on as the bytes it came in, the usage sniffed from
 * the reply. No authentication, plan, cache, queue or trace. What the relay costs is told as a multiple of what this costs.
 */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { Pool } from 'undici';
import { Passthrough, totals } from './passthrough';

const UPSTREAM_CONNECTIONS = 4_096;
const BODY_LIMIT_BYTES = 33_554_432; // as the relay's

const upstream = new URL(process.env['UPSTREAM_URL'] ?? 'http://127.0.0.1:9000/v1');
const path = `${upstream.pathname.replace(/\/$/, '')}/chat/completions`;
const pool = new Pool(upstream.origin, { connections: UPSTREAM_CONNECTIONS, pipelining: 1 });
const app = fastify({ bodyLimit: BODY_LIMIT_BYTES });

app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.post<{ Body: Buffer }>('/v1/chat/completions', (request, reply) => {
  reply.hijack();
  const headers = { 'content-type': 'application/json', authorization: request.headers.authorization };
  pool.dispatch({ path, method: 'POST', headers, body: request.body }, new Passthrough(reply.raw));
});
app.get('/stats', () => totals);

void app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 0) }).then(() => {
  const { port } = app.server.address() as AddressInfo;
  process.send?.({ ready: true, port });
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
