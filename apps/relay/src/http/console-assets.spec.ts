import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { serveConsole } from './console-assets';

const SCRIPT = 'start()';
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the console over HTTP', () => {
  let root: string;
  let server: FastifyInstance;

  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'console-'));
    mkdirSync(path.join(root, 'assets'));
    writeFileSync(path.join(root, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
    writeFileSync(path.join(root, 'assets/app-1a2b.js'), SCRIPT);
    writeFileSync(path.join(root, 'assets/app-1a2b.js.br'), brotliCompressSync(SCRIPT));
    writeFileSync(path.join(root, 'assets/app-1a2b.js.gz'), gzipSync(SCRIPT));
    writeFileSync(path.join(root, 'assets/small-3c4d.js'), SCRIPT);
    server = fastify();
    server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'nothing here' }));
    await serveConsole(server, root);
  });
  afterAll(async () => {
    await server.close();
    rmSync(root, { recursive: true });
  });

  it.each(['/', '/?theme=dark', '/traces', '/traces/0199-abc?tab=plan', '/policies/default@7'])(
    'answers a browser with the page at %s, which is never cached',
    async (url) => {
      const reply = await server.inject({ url, headers: HTML });
      expect(reply.statusCode).toBe(200);
      expect(reply.headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
      expect(reply.body).toContain('csp-nonce');
    },
  );

  it('gives each page a nonce of its own, which its policy names', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => server.inject({ url: '/', headers: HTML })));
    const nonce = /content="([^"]+)"/.exec(first?.body ?? '')?.[1];
    expect(first?.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect(first?.headers['content-security-policy']).toContain("script-src 'self';");
    expect(second?.body).not.toBe(first?.body);
  });

  it.each(['/api/nothing', '/api', '/v1/nothing', '/health/nothing', '/metrics/x', '/docs/x', '/assets/gone.js'])(
    'leaves %s to those whose it is, also for a browser',
    async (url) => {
      expect((await server.inject({ url, headers: HTML })).statusCode).toBe(404);
    },
  );

  it('tells whoever does not want a page that there is nothing', async () => {
    expect((await server.inject({ url: '/traces', headers: { accept: 'application/json' } })).json()).toEqual({
      error: 'nothing here',
    });
  });

  it('lets hashed files be kept for good', async () => {
    const reply = await server.inject('/assets/app-1a2b.js');
    expect(reply.headers['cache-control']).toContain('immutable');
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it.each([
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['identity', undefined, (text: Buffer) => text],
    ['', undefined, (text: Buffer) => text],
  ])('sends what the build has compressed to whoever accepts "%s"', async (accepted, encoding, decode) => {
    const reply = await server.inject({ url: '/assets/app-1a2b.js', headers: { 'accept-encoding': accepted } });
    expect(reply.headers).toMatchObject({
      'content-type': 'application/javascript; charset=utf-8',
      vary: 'accept-encoding',
    });
    expect(reply.headers['content-encoding']).toBe(encoding);
    expect(reply.headers['cache-control']).toContain('immutable');
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
    expect(String(decode(reply.rawPayload))).toBe(SCRIPT);
  });

  it('sends as it is what the build left alone, and the page with its nonce', async () => {
    const headers = { ...HTML, 'accept-encoding': 'gzip, br' };
    const [script, page] = await Promise.all(
      ['/assets/small-3c4d.js', '/'].map((url) => server.inject({ url, headers })),
    );
    expect(script?.headers['content-encoding']).toBeUndefined();
    expect(script?.body).toBe(SCRIPT);
    expect(page?.headers['content-encoding']).toBeUndefined();
    expect(page?.body).toMatch(/content="[\w+/]{22}=="/);
  });

  it.each(['/assets/app-1a2b.js.br', '/assets/app-1a2b.js.gz'])('has no address of its own for %s', async (url) =>
    expect((await server.inject({ url, headers: HTML })).statusCode).toBe(404),
  );
});
