import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const ROOT = path.resolve(__dirname, '../../../../../admin-ui/dist');
const ONE_YEAR_SECONDS = 31_536_000;
const NONCE_BYTES = 16;
/** What stands in index.html where the nonce of a response belongs. */
const NONCE_MARK = '__CSP_NONCE__';
/** Addresses that are not the console's: those who ask there want the API's own answer, also that there is none. */
const NOT_PAGES = /^\/(api|v1|health|metrics|docs|assets|openapi\.json)(\/|\?|$)/;

/** The console runs its own scripts and talks to its own origin; nothing else, and nobody frames it. Styles that it makes carry the nonce. */
function contentSecurityPolicy(nonce?: string): string {
  const styles = nonce === undefined ? "'self'" : `'self' 'nonce-${nonce}'`;
  return `default-src 'none'; script-src 'self'; style-src ${styles}; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;
}

const SAFE_HEADERS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' } as const;

/**
 * Serves the built console: its files, and its page at every address that a browser may have kept and that nothing else answers.
 * Hashed assets are cached for good, the page itself never.
 */
export async function serveConsole(fastify: FastifyInstance, root = ROOT): Promise<boolean> {
  const index = path.join(root, 'index.html');
  if (!existsSync(index)) return false;
  const page = readFileSync(index, 'utf8');
  await fastify.register(fastifyStatic, {
    root,
    prefix: '/',
    wildcard: false,
    index: false,
    globIgnore: ['index.html', '**/*.br', '**/*.gz'],
    preCompressed: true, // by the build of the console
    cacheControl: false,
    setHeaders: (response, file) => {
      const hashed = path.relative(root, file).startsWith('assets');
      response.header('cache-control', hashed ? `public, max-age=${ONE_YEAR_SECONDS}, immutable` : 'no-cache');
      response.header('content-security-policy', contentSecurityPolicy());
      for (const [name, value] of Object.entries(SAFE_HEADERS)) response.header(name, value);
    },
  });
  const serve = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (!wantsPage(request)) {
      reply.callNotFound();
      return reply;
    }
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    return reply
      .headers({
        ...SAFE_HEADERS,
        'content-security-policy': contentSecurityPolicy(nonce),
        'cache-control': 'no-cache',
      })
      .type('text/html; charset=utf-8')
      .send(page.replaceAll(NONCE_MARK, nonce));
  };
  fastify.get('/', serve);
  fastify.get('/*', serve);
  return true;
}

function wantsPage({ url, headers }: FastifyRequest): boolean {
  if (url === '/' || url.startsWith('/?')) return true;
  return !NOT_PAGES.test(url) && (headers.accept ?? '').includes('text/html');
}
