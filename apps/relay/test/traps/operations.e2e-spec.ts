import { completionJson, jsonReply, saySkipped, ScriptedUpstream, streamFrames, sseReply } from '@relay/testing';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RelayProcess, type AdminClient } from '../relay-process';
import { ScratchDatabase } from '../scratch-database';
import { ACME_KEY, ask, testConfig } from '../test-config';

const AT_A_TIME = 16;
const REQUESTS = 2_000;
/**
 * What a request may leave behind in the heap, in bytes, while books of a fixed size still fill: about 350 after so few requests, and
 * less with each thousand. One body, one trace or one header that is kept of each request is more.
 */
const MAX_LEFT_BYTES = 800;
const FRESH = { 'cache-control': 'no-store, no-cache' };

/** Loaded into the relay: says at a signal how much of its heap is in use, after a collection. */
const PROBE = `process.on('SIGUSR2', () => {
  for (let i = 0; i < 4; i++) globalThis.gc();
  require('node:fs').writeFileSync(process.env.HEAP_FILE, String(process.memoryUsage().heapUsed) + '\\n');
});`;

describe('memory', () => {
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  const file = path.join(tmpdir(), `relay-heap-${process.pid}`);
  const probe = `${file}.cjs`;
  let asked = 0;

  beforeAll(async () => {
    writeFileSync(probe, PROBE);
    upstream = await ScriptedUpstream.start((request) =>
      request.json()['stream'] ? sseReply(streamFrames(['Hello'])) : jsonReply(completionJson('Hello')),
    );
    const env = { NODE_OPTIONS: `--expose-gc --require ${probe}`, HEAP_FILE: file };
    relay = await RelayProcess.start({ config: testConfig(upstream), env });
  }, 90_000);
  afterAll(async () => {
    await relay.close();
    await upstream.close();
  });

  /** Requests that have nothing in common: texts, users, tags, ids. */
  async function send(requests: number): Promise<void> {
    const until = asked + requests;
    const client = async (): Promise<void> => {
      while (asked < until) {
        const number = asked++;
        const headers = {
          'x-relay-user': `user-${number}`,
          'x-relay-tags': `tag-${number}`,
          'x-request-id': `request-${number}`,
        };
        await (
          await relay.post(ACME_KEY, ask(`Question ${number}?`, { stream: number % 2 === 0 }), { ...FRESH, ...headers })
        ).text();
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, client));
    upstream.requests.length = 0;
  }

  async function heapBytes(): Promise<number> {
    writeFileSync(file, '');
    relay.signal('SIGUSR2');
    for (;;) {
      const text = readFileSync(file, 'utf8');
      if (text.endsWith('\n')) return Number(text);
      await fetch(`${relay.url}/health/live`);
    }
  }

  it('trap 53: memory stays flat, however many requests have nothing in common', async () => {
    await send(REQUESTS);
    const before = await heapBytes();
    await send(REQUESTS);
    const left = ((await heapBytes()) - before) / REQUESTS;
    expect(left).toBeLessThan(MAX_LEFT_BYTES);
  }, 60_000);
});

/** A way to a server that can be cut and opened again. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private constructor(private readonly server: Server) {}

  static async to(host: string, port: number): Promise<Wire> {
    const server = createServer();
    const wire = new Wire(server);
    server.on('connection', (near) => {
      if (wire.isCut) return near.destroy();
      const far = connect(port, host);
      for (const socket of [near, far]) wire.sockets.add(socket.on('error', () => undefined));
      near.on('close', () => far.destroy()).pipe(far);
      far.on('close', () => near.destroy()).pipe(near);
      return undefined;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return wire;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  mend(): void {
    this.isCut = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}

const databaseUrl = process.env.TEST_DATABASE_URL;
const describeDatabase = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('readiness in an outage of the database, because TEST_DATABASE_URL is not set');

describeDatabase('a database that is away', () => {
  it('trap 55: takes neither readiness nor answers with it, and has their traces when it is back', async () => {
    const database = await ScratchDatabase.create(databaseUrl ?? '', 'outage');
    const target = new URL(database.url);
    const wire = await Wire.to(target.hostname, Number(target.port || 5432));
    target.hostname = '127.0.0.1';
    target.port = String(wire.port);
    const upstream = await ScriptedUpstream.start();
    const relay = await RelayProcess.start({ config: testConfig(upstream), env: { DATABASE_URL: target.href } });
    const admin: AdminClient = await relay.admin();
    expect((await relay.post(ACME_KEY, ask('before'))).status).toBe(200);

    wire.cut();
    const ready = await fetch(`${relay.url}/health/ready`);
    expect([ready.status, JSON.stringify(await ready.json())]).toEqual([
      200,
      expect.stringContaining('"degraded":true'),
    ]);
    const replies = [];
    for (const stream of [false, true]) {
      const reply = await relay.post(ACME_KEY, ask(`during ${stream}`, { stream }));
      await reply.text();
      replies.push(reply);
    }
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect((await relay.post(ACME_KEY, ask('before'))).headers.get('x-relay-cache')).toBe('exact-l1');

    wire.mend();
    const wanted = replies.map(({ headers }) => headers.get('x-relay-trace-id'));
    const stored = async (): Promise<(string | null)[]> =>
      (await admin.traces('tenant=acme').catch(() => [])).map(({ id }) => id);
    let rows = await stored();
    while (!wanted.every((id) => rows.includes(id))) rows = await stored();
    await relay.close();
    await upstream.close();
    wire.close();
    await database.drop();
  }, 90_000);
});
