import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const ROOT = path.resolve(__dirname, '../../../../../admin-ui/dist');
const ONE_YEAR_SECONDS = 31_536_000;

/** The console runs its own scripts and talks to its own origin; nothing else, and nobody frames it. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Serves the built console at `/`. Hashed assets are cached for good, the page itself never. */
export async function serveConsole(fastify: FastifyInstance): Promise<boolean> {
  if (!existsSync(path.join(ROOT, 'index.html'))) return false;
  await fastify.register(fastifyStatic, {
    root: ROOT,
    prefix: '/',
    wildcard: false,
    cacheControl: false,
    setHeaders: (response, file) => {
      const hashed = path.relative(ROOT, file).startsWith('assets');
      response.header('cache-control', hashed ? `public, max-age=${ONE_YEAR_SECONDS}, immutable` : 'no-cache');
      response.header('content-security-policy', CONTENT_SECURITY_POLICY);
      response.header('x-content-type-options', 'nosniff');
      response.header('referrer-policy', 'no-referrer');
    },
  });
  return true;
}
