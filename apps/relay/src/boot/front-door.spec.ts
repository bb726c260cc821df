import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { get } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ConfigStore, type RelayConfig, relayConfigSchema, type ServerTls } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { turnEnd } from '@relay/core';
import { testAuthority, testCertificate } from '@relay/testing';
import { FrontDoor } from './front-door';
import { ServerCertificate } from './server-certificate';

const LIMITS = {
  headersMs: 100,
  requestMs: 200,
  handshakeMs: 500,
  checkEveryMs: 20,
  headerBytes: 1_000,
  connections: 2,
};

const TRACE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe('the front door', () => {
  let server: Server;
  const serve = (request: IncomingMessage, response: ServerResponse): void =>
    void request.resume().on('end', () => response.end('served'));
  const listen = async (door: FrontDoor, answer: Answer): Promise<number> => {
    server = door.createServer(answer);
    server.on('clientError', door.refuseBroken);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const open = (tls: ServerTls | null = null, limits: object = {}, answer: Answer = serve): Promise<number> =>
    listen(new FrontDoor(tls, { ...LIMITS, ...limits }), answer);
  afterEach(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const dial = (port: number): Socket => connect(port, '127.0.0.1').on('error', () => undefined);
  /** Everything that comes until the connection ends. */
  const whole = async (socket: Socket): Promise<string> => {
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    await once(socket, 'close');
    return Buffer.concat(parts).toString();
  };
  const said = async (port: number, text: string): Promise<string> => {
    const socket = dial(port);
    socket.write(text);
    return whole(socket);
  };

  it.each([
    ['headers that never end', 'GET / HTTP/1.1\r\nhost: a\r\nx-slow: '],
    ['a body that never ends', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc'],
  ])('answers %s with 408 and hangs up', async (_name, text) => {
    const reply = await said(await open(), text);
    expect(reply).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nconnection: close\r\n/);
    expect(reply).toContain('"code":"invalid_request"');
  });

  it.each([
    ['a header', `GET / HTTP/1.1\r\nhost: a\r\nx-long: ${'a'.repeat(2_000)}\r\n\r\n`],
    ['a URL', `GET /${'a'.repeat(2_000)} HTTP/1.1\r\nhost: a\r\n\r\n`],
    ['a row of headers', `GET / HTTP/1.1\r\nhost: a\r\n${'name: value\r\n'.repeat(400)}\r\n`],
  ])('answers %s that is too long with 431', async (_name, text) => {
    const reply = await said(await open(), text);
    expect(reply).toMatch(/^HTTP\/1\.1 431 /);
    expect(JSON.parse(reply.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringContaining('1000 bytes') as string },
    });
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a header with a control character', 'GET / HTTP/1.1\r\nhost: a\r\nx: a\u0000b\r\n\r\n'],
    ['a header whose name has a space', 'GET / HTTP/1.1\r\nhost: a\r\nx y: b\r\n\r\n'],
    ['a chunk of no length', 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ])('answers %s with 400', async (_name, text) => {
    expect(await said(await open(), text)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400, 'invalid_request'],
    [
      'headers that are too long',
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(2_000)}\r\n\r\n`,
      431,
      'invalid_request',
    ],
    ['headers that never end', 'GET / HTTP/1.1\r\nhost: a\r\nx-slow: ', 408, 'invalid_request'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400, 'invalid_request'],
    ['an expectation', 'GET / HTTP/1.1\r\nhost: a\r\nexpect: junk\r\n\r\n', 417, 'invalid_request'],
    ['a tunnel', 'CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n', 405, 'method_not_allowed'],
  ])('tells of %s in the shape of all errors, with ids of its own', async (_name, text, status, code) => {
    const [head = '', body = ''] = (await said(await open(), text)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const id = /^x-relay-trace-id: (.+)$/m.exec(head)?.[1];
    expect(id).toMatch(TRACE_ID);
    expect(head).toContain(`\r\nx-request-id: ${id}\r\n`);
    expect(JSON.parse(body)).toEqual({
      error: {
        type: 'invalid_request_error',
        code,
        param: null,
        message: expect.stringMatching(/^[A-Z].{10,}\.$/) as string,
      },
    });
  });

  it.each([
    ['no host', 'GET / HTTP/1.1\r\n'],
    ['an expectation', 'GET / HTTP/1.1\r\nhost: a\r\nexpect: junk\r\n'],
    ['a tunnel', 'CONNECT a:443 HTTP/1.1\r\n'],
  ])('tells of %s under the id that the client sent', async (_name, text) => {
    expect(await said(await open(), `${text}x-request-id: mine-1\r\n\r\n`)).toContain('\r\nx-request-id: mine-1\r\n');
  });

  it('asks HTTP/1.0 for no host, and goes on where a client waits for 100', async () => {
    const port = await open();
    expect(await said(port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 [^]*served$/);
    const waiting =
      'POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';
    expect(await said(port, waiting)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 [^]*served/);
  });

  it('opens no tunnel behind an answer that is on its way', async () => {
    const port = await open(null, { requestMs: 60_000 }, (_request, response) => void response.write('begun'));
    const socket = dial(port);
    const reply = whole(socket);
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(socket, 'data');
    socket.write('CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n');
    expect(await reply).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*begun\r\n$/);
  });

  it.each(['rubbish\r\n\r\n', 'CONNECT a:443 HTTP/1.1\r\nhost: a\r\n\r\n'])(
    'lets an answer leave that waits for the end of its turn before it hangs up on %j',
    async (behind) => {
      const port = await open(null, {}, (_request, response) => turnEnd.tell(() => void response.end('answered')));
      const reply = await said(port, `GET / HTTP/1.1\r\nhost: a\r\n\r\n${behind}`);
      expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*answered$/);
    },
  );

  it('reads all headers that fit, however many: the last as well as the first', async () => {
    const port = await open(null, { headerBytes: 16_384 }, (request, response) =>
      response.end(`${request.headers.authorization} of ${request.headers.host}`),
    );
    const many = 'x0: 1\r\n'.repeat(1_500);
    const last = 'host: a\r\nauthorization: Bearer b\r\nconnection: close\r\n';
    expect(await said(port, `GET / HTTP/1.1\r\n${many}${last}\r\n`)).toMatch(/^HTTP\/1\.1 200 [^]*Bearer b of a/);
  });

  it.each([
    ['/v1/models?limit=1', 'data plane /v1/models?limit=1'],
    ['http://relay.example:4100/v1/models?limit=1', 'data plane /v1/models?limit=1'],
    ['HTTPS://relay.example/v1/models', 'data plane /v1/models'],
    ['http://relay.example/api/traces', 'framework /api/traces'],
    ['http://relay.example', 'framework /'],
    ['http://relay.example?q=/v1/', 'framework /?q=/v1/'],
    ['/http://relay.example/v1/models', 'framework /http://relay.example/v1/models'],
    ['*', 'framework *'],
  ])('serves the target %s by its path', async (target, served) => {
    const by =
      (plane: string) =>
      (request: IncomingMessage, response: ServerResponse): void =>
        void response.end(`${plane} ${request.url}`);
    const door = new FrontDoor(null, LIMITS);
    const port = await listen(door, by('framework'));
    door.serve('/v1/', by('data plane'));
    const reply = await said(port, `OPTIONS ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 200 /);
    expect(reply.endsWith(`\r\n${served}`) || reply.includes(`\r\n${served}\r\n`)).toBe(true);
  });

  it('writes no refusal into an answer that is on its way, whatever else was sent ahead of it', async () => {
    let asked = 0;
    const port = await open(null, { requestMs: 60_000 }, (_request, response) => {
      if (++asked === 1) response.write('begun');
    });
    const socket = dial(port);
    const reply = whole(socket);
    const get = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
    socket.write(get + get);
    await once(socket, 'data');
    socket.write('no HTTP\r\n\r\n');
    expect(await reply).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*begun\r\n$/);
    expect(asked).toBe(2);
  });

  describe('requests that were sent ahead of their answers', () => {
    const GET = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
    let door: FrontDoor;
    let responses: ServerResponse[];
    let socket: Socket;
    let reply: Promise<string>;

    /** So many, all there and none answered. */
    async function ahead(text: string, expected: number, headersMs = 60_000): Promise<void> {
      door = new FrontDoor(null, { ...LIMITS, headersMs, requestMs: 60_000 });
      responses = [];
      const port = await listen(door, (_request, response) => responses.push(response));
      socket = dial(port);
      reply = whole(socket);
      socket.write(text);
      while (responses.length < expected) await once(server, 'request');
    }
    const statuses = async (): Promise<string[]> => (await reply).match(/HTTP\/1\.1 \d+/g) ?? [];

    it('are over when their client has left', async () => {
      await ahead(GET + GET, 2);
      const closed = responses.map((response) => once(response, 'close'));
      socket.destroy();
      await Promise.all(closed);
      expect(responses.map(({ destroyed }) => destroyed)).toEqual([true, true]);
      await door.drain();
    });

    it('are over when the answer before them was the last of the connection', async () => {
      await ahead(GET + GET + GET, 3);
      responses[0]?.setHeader('connection', 'close').end('first');
      expect(await statuses()).toEqual(['HTTP/1.1 200']);
      await door.drain();
    });

    it('are all answered before a stop', async () => {
      await ahead(GET + GET, 2);
      const drained = door.drain();
      for (const response of responses) response.end('answered');
      expect(await statuses()).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
      await drained;
    });

    it('are not begun during a stop, when the answer before them is the last', async () => {
      await ahead(GET, 1);
      const drained = door.drain();
      const second = once(server, 'request');
      socket.write(GET);
      await second;
      expect(responses).toHaveLength(1);
      responses[0]?.end('first');
      expect(await statuses()).toEqual(['HTTP/1.1 200']);
      await drained;
    });

    /** Not begun, so that its answer is not missed. */
    async function unbegun(last: Partial<ServerResponse>, stop: boolean): Promise<void> {
      await ahead(GET, 1);
      const first = Object.assign(responses[0] as ServerResponse, last);
      first.write('first');
      const drained = stop ? door.drain() : null;
      const second = once(server, 'request');
      socket.write(GET);
      await second;
      expect(responses).toHaveLength(1);
      first.end();
      expect(await statuses()).toEqual(['HTTP/1.1 200']);
      await (drained ?? door.drain());
    }
    it('are not begun behind a head that has said that it is the last, nor during a stop', async () => {
      await unbegun({ shouldKeepAlive: false }, false);
      await unbegun({ shouldKeepAlive: false }, true);
    });

    it('are begun during a stop behind a head that has said that there is more to come', async () => {
      await ahead(GET, 1);
      responses[0]?.write('first');
      const drained = door.drain();
      const second = once(server, 'request');
      socket.write(GET);
      await second;
      for (const response of responses) response.end('answered');
      expect(await statuses()).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
      await drained;
    });

    it('are not begun behind one that is refused here', async () => {
      await ahead(`GET / HTTP/1.1\r\n\r\n${GET}`, 0);
      expect(await statuses()).toEqual(['HTTP/1.1 400']);
      await door.drain();
      expect(responses).toHaveLength(0);
    });

    it.each([
      ['rubbish', 'rubbish\r\n\r\n', 60_000],
      ['one that never ends', 'GET / HTTP/1.1\r\nhost: a\r\n', 100],
    ])('never take the refusal of %s for their answer', async (_name, behind, headersMs) => {
      await ahead(GET + behind, 1, headersMs);
      expect(await reply).toBe('');
      await door.drain();
    });

    it('end their connection when there are too many', async () => {
      await ahead(GET.repeat(600), 512);
      expect(await reply).toBe('');
      await door.drain();
      expect(responses).toHaveLength(512);
    });
  });

  it('looks at no answer of another connection when it refuses one', async () => {
    let looks = 0;
    let enter: () => void = () => undefined;
    const entered = new Promise<void>((resolve) => (enter = resolve));
    const port = await open(null, { requestMs: 60_000 }, (_request, response) => {
      const { socket } = response;
      const look = (): typeof socket => {
        looks++;
        return socket;
      };
      Object.defineProperty(response, 'socket', { get: look });
      enter();
    });
    dial(port).write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await entered;
    expect(await said(port, 'no HTTP\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(looks).toBe(0);
  });

  it('holds no more connections than it is told to', async () => {
    const port = await open();
    const held = [dial(port), dial(port)];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    const dropped = once(server, 'drop');
    expect(await whole(dial(port))).toBe('');
    await dropped;
    for (const socket of held) socket.destroy();
  });

  describe('with a certificate', () => {
    const { cert, key } = testCertificate('server');
    /** The name in the certificate that the server shows, and what it answers. */
    const visit = (port: number, options: object = {}): Promise<[name: string, status: number | undefined]> =>
      new Promise((resolve, reject) => {
        const request = get({ host: '127.0.0.1', port, ca: testAuthority(), agent: false, ...options }, (reply) => {
          const { subject } = (reply.socket as TLSSocket).getPeerCertificate();
          reply.resume().on('end', () => resolve([String(subject.CN), reply.statusCode]));
        });
        request.on('error', reject);
      });
    const config = (tls: object | undefined): RelayConfig => ({
      ...relayConfigSchema.parse({ server: { tls } }),
      policy: policyDocumentSchema.parse({ name: 'p', version: 1 }),
    });

    it('speaks HTTPS, and shows a renewed one to new connections', async () => {
      const port = await open({ cert, key });
      const store = new ConfigStore(config({ cert, key }), 'relay.yaml');
      new ServerCertificate(store, { cert, key }).of(server);
      expect(await visit(port)).toEqual(['server.test', 200]);
      expect(store.replace(config(testCertificate('renewed')))).toEqual([]);
      expect(await visit(port)).toEqual(['renewed.test', 200]);
    });

    it('refuses what is none, and to go without: the old one stays', async () => {
      const port = await open({ cert, key });
      const store = new ConfigStore(config({ cert, key }), 'relay.yaml');
      new ServerCertificate(store, { cert, key }).of(server);
      expect(store.replace(config({ cert, key: testCertificate('renewed').key }))).toMatchObject([
        { path: 'server.tls', found: 'what is no certificate or key' },
      ]);
      expect(store.replace(config(undefined))).toMatchObject([{ found: 'no certificate' }]);
      expect(await visit(port)).toEqual(['server.test', 200]);
    });

    it('lets in only who has a certificate, where an authority for clients is named', async () => {
      const port = await open({ cert, key, ca: testAuthority() });
      expect(await visit(port, testCertificate('client'))).toEqual(['server.test', 200]);
      await expect(visit(port)).rejects.toThrow();
    });

    it('gives up on a handshake that does not come', async () => {
      const socket = dial(await open({ cert, key }, { handshakeMs: 50 }));
      await once(socket, 'connect');
      expect(await whole(socket)).toBe('');
    });
  });
});
