import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { errorReply, freePort, ScriptedUpstream, testAuthority, testCertificate } from '@relay/testing';
import { RelayProcess } from './relay-process';
import { ACME_KEY, ask, testConfig } from './test-config';

interface Refusal {
  readonly error: { readonly code: string; readonly message: string };
}
const codeOf = async (reply: Response): Promise<string> => ((await reply.json()) as Refusal).error.code;

/** Sends bytes as they are and gives everything that comes back until the connection ends. */
async function exchange(url: string, text: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part)).on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return Buffer.concat(parts).toString();
}

describe('the transport', () => {
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  const body = JSON.stringify(ask('Hi'));
  const head = (more: string): string =>
    `POST /v1/chat/completions HTTP/1.1\r\nhost: relay\r\nauthorization: Bearer ${ACME_KEY}\r\nconnection: close\r\n${more}`;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    const port = await freePort();
    const config = testConfig(upstream, { server: { bodyLimitBytes: 100_000 } }) as {
      providers: object[];
      models: object[];
    };
    const own = { kind: 'openai', preheat: { connections: 0 }, limits: { concurrency: 64 } };
    config.providers.push(
      { id: 'mirror', baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: ACME_KEY, ...own },
      {
        id: 'keys',
        baseUrl: upstream.baseUrl,
        apiKeys: [{ value: 'key-one-secret' }, { value: 'key-two-secret' }],
        ...own,
      },
      {
        id: 'two',
        baseUrl: upstream.baseUrl,
        apiKeys: [{ value: 'first-of-two' }, { value: 'second-of-two' }],
        ...own,
      },
    );
    config.models.push(
      { id: 'limited', targets: [{ provider: 'two', model: 'up' }] },
      { id: 'loop', targets: [{ provider: 'mirror', model: 'loop' }] },
      { id: 'keyed', targets: [{ provider: 'keys', model: 'up' }] },
    );
    relay = await RelayProcess.start({ config, port });
  }, 90_000);
  afterAll(async () => {
    await relay?.close();
    await upstream?.close();
  });

  it('trap 33: a relay whose provider is itself ends with a clear error, and is free afterwards', async () => {
    const reply = await relay.post(ACME_KEY, { ...ask('around'), model: 'loop' });
    expect([reply.status, await codeOf(reply)]).toEqual([508, 'loop_detected']);
    expect((await relay.post(ACME_KEY, ask('after'))).status).toBe(200);
  });

  it('trap 33: hop-by-hop headers, cookies and keys of the client go nowhere; the relay signs what it sends on', async () => {
    const before = upstream.requests.length;
    const extra =
      'te: trailers\r\nproxy-authorization: Basic abc\r\ncookie: a=b\r\nvia: 1.1 varnish\r\nkeep-alive: timeout=9\r\n';
    const text = JSON.stringify(ask('hops'));
    const reply = await exchange(relay.url, `${head(extra)}content-length: ${text.length}\r\n\r\n${text}`);
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
    const headers: NodeJS.Dict<string | string[]> = upstream.requests[before]?.headers ?? {};
    expect(headers.via).toBe('1.1 llm-relay');
    for (const name of ['te', 'proxy-authorization', 'cookie', 'keep-alive']) expect(headers[name]).toBeUndefined();
    expect(headers.authorization).not.toContain(ACME_KEY);
  });

  it('trap 31: keys that the provider refuses are 502 upstream_error, and no key is told', async () => {
    const refused = errorReply(401, 'Incorrect API key provided: key-one-secret');
    upstream.enqueue(refused, refused);
    const reply = await relay.post(ACME_KEY, { ...ask('with bad keys'), model: 'keyed' });
    const text = await reply.text();
    expect(reply.status).toBe(502);
    expect(text).toContain('"upstream_error"');
    expect(text).not.toContain('secret');
  });

  it('a key that is refused rests while another serves, as the console can see', async () => {
    const admin = await relay.admin();
    const page = await admin.request<{ data: { id: string; keys: object | null }[] }>('GET', '/api/providers');
    expect(page.data.find(({ id }) => id === 'keys')?.keys).toEqual({ total: 2, inService: 0, refused: 2, limited: 0 });
    expect(page.data.find(({ id }) => id === 'mock')?.keys).toBeNull();
    expect(JSON.stringify(page)).not.toContain('secret');
  });

  it('headers of more than 16 KiB are 431 in the shape of all errors', async () => {
    const reply = await exchange(relay.url, `${head(`x-long: ${'a'.repeat(20_000)}\r\n`)}content-length: 0\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 431 /);
    expect(reply).toContain('"code":"invalid_request"');
  });

  it('a part of a path that is too long is refused in the shape of all errors', async () => {
    for (const route of [`/api/traces/${'a'.repeat(200)}`, `/v1/responses/${'a'.repeat(200)}`]) {
      const reply = await fetch(relay.url + route, { headers: { authorization: `Bearer ${ACME_KEY}` } });
      expect([route.slice(0, 5), reply.status]).toEqual([route.slice(0, 5), route.startsWith('/api') ? 401 : 400]);
      expect(await codeOf(reply)).toMatch(/^[a-z_]+$/);
    }
  });

  it('a method that a route does not take is 405 and says which it takes; what nobody knows is 404', async () => {
    const headers = { authorization: `Bearer ${ACME_KEY}` };
    const put = await fetch(`${relay.url}/v1/chat/completions`, { method: 'PUT', headers, body });
    expect([put.status, put.headers.get('allow'), await codeOf(put)]).toEqual([405, 'POST', 'method_not_allowed']);
    const remove = await fetch(`${relay.url}/v1/models/small`, { method: 'DELETE', headers });
    expect([remove.status, remove.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetch(`${relay.url}/v1/nothing`, { method: 'PUT', headers })).status).toBe(404);
  });

  it('header injection: what holds a line break or a control character does not come in, and nothing of it goes out', async () => {
    const before = upstream.requests.length;
    const injected = await exchange(
      relay.url,
      `${head('x-request-id: a\rx-evil: 1\r\n')}content-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(injected).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.requests).toHaveLength(before);
    const odd = await relay.post(ACME_KEY, ask('odd id'), { 'x-request-id': 'a"><script>%0d%0ax-evil: 1' });
    expect(odd.headers.get('x-evil')).toBeNull();
    expect(odd.headers.get('x-request-id')).toMatch(/^[\w.:-]+$/);
  });

  it('trap 32: the limit of a body holds after decompression, for chunks and whatever type they are said to be', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
    const chunks = [`${bomb.length.toString(16)}\r\n`, bomb, '\r\n0\r\n\r\n'].map((part) => Buffer.from(part));
    for (const type of ['application/json', 'text/plain', 'image/png']) {
      const start = head(`content-type: ${type}\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n`);
      const reply = await exchange(relay.url, Buffer.concat([Buffer.from(`${start}\r\n`), ...chunks]));
      expect(reply).toMatch(/^HTTP\/1\.1 413 /);
    }
  });

  it('a request smuggled behind another is refused', async () => {
    const smuggled = 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/models HTTP/1.1\r\n\r\n';
    const reply = await exchange(relay.url, head(smuggled));
    expect(reply).toMatch(/^HTTP\/1\.1 400 /);
    expect(reply.match(/^HTTP\/1\.1 \d/gm)).toHaveLength(1);
  });

  it('a key that is limited is passed over, and nobody notices', async () => {
    upstream.enqueue(errorReply(429, 'slow down', { 'retry-after': '60' }));
    const before = upstream.requests.length;
    const reply = await relay.post(ACME_KEY, { ...ask('with a limited key'), model: 'limited' });
    expect(reply.status).toBe(200);
    const keys = upstream.requests.slice(before).map(({ headers }) => headers.authorization);
    expect(keys).toEqual(['Bearer first-of-two', 'Bearer second-of-two']);
    const again = await relay.post(ACME_KEY, { ...ask('and again'), model: 'limited' });
    expect(again.status).toBe(200);
    expect(upstream.requests.at(-1)?.headers.authorization).toBe('Bearer second-of-two');
  });
});

describe('a relay with a certificate', () => {
  it('serves HTTPS, is ready over it, and takes a renewed certificate on without a restart', async () => {
    const upstream = await ScriptedUpstream.start();
    const config = testConfig(upstream, { server: { tls: { cert: 'file:relay.pem', key: 'file:relay.key' } } });
    const relay = await RelayProcess.launch({
      config,
      files: { 'relay.pem': testCertificate('server').cert, 'relay.key': testCertificate('server').key },
    });
    const url = relay.url.replace('http:', 'https:');
    const visit = (route: string): Promise<[string, number | undefined]> =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${ACME_KEY}` };
        get(`${url}${route}`, { ca: testAuthority(), agent: false, headers }, (reply) => {
          const { subject } = (reply.socket as TLSSocket).getPeerCertificate();
          reply.resume().on('end', () => resolve([String(subject.CN), reply.statusCode]));
        }).on('error', reject);
      });
    const until = async (wanted: string, route: string): Promise<void> => {
      for (let tries = 0; tries < 600; tries++) {
        const seen = await visit(route).catch(() => ['', 0]);
        if (seen[0] === wanted && seen[1] === 200) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`no 200 from ${wanted}:\n${relay.printed}`);
    };
    await until('server.test', '/health/ready');
    expect(await visit('/v1/models')).toEqual(['server.test', 200]);
    expect(relay.printed).toContain(`${url}/`);
    writeFileSync(path.join(relay.folder, 'relay.pem'), testCertificate('renewed').cert);
    writeFileSync(path.join(relay.folder, 'relay.key'), testCertificate('renewed').key);
    await until('renewed.test', '/v1/models');
    await relay.close();
    await upstream.close();
  }, 90_000);
});
