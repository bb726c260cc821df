import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import {
  deltaFrame,
  errorReply,
  halfJsonReply,
  htmlReply,
  neverAnswer,
  resetConnection,
  ScriptedUpstream,
  sseReply,
  type UpstreamScript,
} from '@relay/testing';
import { RelayProcess, type AdminClient } from './relay-process';
import { ACME_KEY, GLOBEX_KEY, OPERATOR_KEY, ask, testConfig } from './test-config';

const BODY_LIMIT = 64 * 1024;

const RECORDED_WITHIN_MS = 5_000;

describe('bad input and bad upstreams', () => {
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  let admin: AdminClient;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    relay = await RelayProcess.start({
      config: testConfig(upstream, {
        concurrency: 2, // a slot that is not given back shows at once
        timeouts: { connectMs: 1_000, headersMs: 300, idleMs: 300 },
        server: { bodyLimitBytes: BODY_LIMIT },
        policy: { name: 'plain', version: 1, defaults: { retries: { maxAttempts: 1 } } },
      }),
    });
    admin = await relay.admin();
  }, 90_000);
  afterAll(async () => {
    await relay?.close();
    await upstream?.close();
  });

  /** What a refusal must be: status, code and headers of the contract, and a trace row that says the same. */
  async function expectRefusal(
    reply: Response,
    status: number,
    code: string,
    traceStatus = 'rejected',
  ): Promise<string> {
    const body = (await reply.json()) as {
      error: { message: string; type: string; code: string; param: string | null };
    };
    expect({ status: reply.status, code: body.error.code }).toEqual({ status, code });
    expect(body.error.message.length).toBeGreaterThan(10);
    expect(reply.headers.get('x-request-id')).toBeTruthy();
    const trace = await admin.trace(reply.headers.get('x-relay-trace-id'));
    expect(trace).toMatchObject({ httpStatus: status, errorCode: code, status: traceStatus });
    return `${body.error.param ?? ''}|${body.error.message}`;
  }

  async function expectFreeSlots(): Promise<void> {
    const pool = await idlePool();
    expect(pool).toMatchObject({ inUse: 0, waiting: 0 });
  }

  /** The pool once nothing is in flight: a slot is given back in the tick after the reply, so the first look may be early. */
  async function idlePool(): Promise<Record<string, unknown>> {
    for (let look = 0; ; look++) {
      const { data } = await admin.request<{ data: Record<string, unknown>[] }>('GET', '/api/queues');
      const pool = data.find((candidate) => Object.values(candidate).includes('mock')) ?? {};
      const { inUse, waiting } = pool as { inUse: number; waiting: unknown };
      const total =
        typeof waiting === 'number'
          ? waiting
          : Object.values(waiting as Record<string, number>).reduce((sum, n) => sum + n, 0);
      if ((inUse === 0 && total === 0) || look > 50) return { inUse, waiting: total };
    }
  }

  describe('from the client', () => {
    it.each<[string, string | object, string]>([
      ['malformed JSON', '{"model": "small", ', '|The body is not valid JSON'],
      ['an empty body', '', '|The body is empty'],
      ['a body that is no object', '[1,2]', ''],
      ['no model', { messages: [{ role: 'user', content: 'x' }] }, 'model|'],
      ['empty messages', { model: 'small', messages: [] }, 'messages|'],
      ['messages of a wrong type', { model: 'small', messages: 'hello' }, 'messages|'],
      ['a message without a role', { model: 'small', messages: [{ content: 'x' }] }, 'messages[0].role|'],
      ['content of a wrong type', { model: 'small', messages: [{ role: 'user', content: 5 }] }, 'messages[0].content|'],
      ['stream of a wrong type', ask('x', { stream: 'yes' }), 'stream|'],
      ['a negative max_tokens', ask('x', { max_tokens: -1 }), 'max_tokens|'],
      ['a temperature out of range', ask('x', { temperature: 9 }), 'temperature|'],
    ])('%s is 400 invalid_request and says where', async (_name, body, expected) => {
      const said = await expectRefusal(await relay.post(ACME_KEY, body), 400, 'invalid_request');
      expect(said).toContain(expected);
    });

    it('bytes that are not UTF-8 are 400', async () => {
      await expectRefusal(await relay.post(ACME_KEY, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])), 400, 'invalid_request');
    });

    it('JSON nested twenty thousand deep is 400 and reaches nobody', async () => {
      const depth = 20_000;
      const body = `{"model":"small","messages":[{"role":"user","content":"x"}],"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      const before = upstream.requests.length;
      const said = await expectRefusal(await relay.post(ACME_KEY, body), 400, 'invalid_request');
      expect(said).toContain('200 levels');
      expect(upstream.requests).toHaveLength(before);
    });

    it('lists without end in front of the login are 400 before they are parsed', async () => {
      const reply = await fetch(`${relay.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '['.repeat(800_000),
      });
      expect(reply.status).toBe(400);
      expect(await reply.text()).toContain('lists and objects');
    });

    it.each(['priority', 'deadline-ms'])('a bad x-relay-%s is 400 and names the header', async (header) => {
      const said = await expectRefusal(
        await relay.post(ACME_KEY, ask('x'), { [`x-relay-${header}`]: 'nonsense' }),
        400,
        'invalid_request',
      );
      expect(said).toContain(`x-relay-${header}`);
    });

    it('an unknown model is 404 model_not_found', async () => {
      expect(
        await expectRefusal(await relay.post(ACME_KEY, { ...ask('x'), model: 'gpt-9' }), 404, 'model_not_found'),
      ).toContain('model|');
    });

    it('a body over the limit is 413, also when it only unfolds to that', async () => {
      const large = JSON.stringify(ask('x'.repeat(BODY_LIMIT)));
      await expectRefusal(await relay.post(ACME_KEY, large), 413, 'body_too_large');
      const bomb = gzipSync(Buffer.from(large));
      expect(bomb.length).toBeLessThan(BODY_LIMIT);
      await expectRefusal(await relay.post(ACME_KEY, bomb, { 'content-encoding': 'gzip' }), 413, 'body_too_large');
    });

    it('a content type that is none is 415', async () => {
      const reply = await relay.post(ACME_KEY, ask('x'), { 'content-type': 'json' });
      expect(await expectRefusal(reply, 415, 'unsupported_media_type')).toContain('content-type|');
    });

    it('a compressed body is understood; a broken or unknown encoding is refused', async () => {
      const packed = gzipSync(JSON.stringify(ask('packed')));
      expect((await relay.post(ACME_KEY, packed, { 'content-encoding': 'gzip' })).status).toBe(200);
      await expectRefusal(
        await relay.post(ACME_KEY, 'not gzip', { 'content-encoding': 'gzip' }),
        400,
        'invalid_request',
      );
      await expectRefusal(
        await relay.post(ACME_KEY, packed, { 'content-encoding': 'lzma' }),
        415,
        'unsupported_media_type',
      );
    });

    it.each(['', 'wrong-key-altogether', 'Bearer'])('the key "%s" is 401 and reveals nothing', async (key) => {
      const said = await expectRefusal(await relay.post(key, ask('x')), 401, 'invalid_api_key');
      expect(said).not.toMatch(/acme|globex/);
    });

    it('the X-Tenant-Id of another tenant is 403, unless the key may act for it', async () => {
      const foreign = await expectRefusal(
        await relay.post(ACME_KEY, ask('x'), { 'x-tenant-id': 'globex' }),
        403,
        'tenant_forbidden',
      );
      const missing = await expectRefusal(
        await relay.post(ACME_KEY, ask('x'), { 'x-tenant-id': 'nobody' }),
        403,
        'tenant_forbidden',
      );
      expect(foreign.replace('globex', '?')).toBe(missing.replace('nobody', '?')); // no telling which tenants exist
      expect((await relay.post(GLOBEX_KEY, ask('x'), { 'x-tenant-id': 'globex' })).status).toBe(200);
      const acting = await relay.post(OPERATOR_KEY, ask('acting'), { 'x-tenant-id': 'globex' });
      expect(acting.status).toBe(200);
      expect((await admin.trace(acting.headers.get('x-relay-trace-id'))).tenant).toBe('globex');
    });

    it('an unknown route of the data plane is 404 in the same shape', async () => {
      const reply = await fetch(`${relay.url}/v1/nothing`, { headers: { authorization: `Bearer ${ACME_KEY}` } });
      await expectRefusal(reply, 404, 'not_found');
    });

    it('a client that leaves in mid-request stops the upstream call and frees the slot', async () => {
      const before = upstream.requests.length;
      upstream.enqueue(sseReply([deltaFrame({ content: 'one' }), 'STALL']));
      const controller = new AbortController();
      const stream = await relay
        .openai(ACME_KEY)
        .chat.completions.create({ ...ask('leaving'), stream: true }, { signal: controller.signal });
      for await (const _ of stream) break;
      controller.abort();
      const seen = await upstream.request(before + 1);
      await seen.aborted;
      await expectFreeSlots();
      // What it was sent is counted first, for up to a second: nobody waits for it.
      const deadline = Date.now() + RECORDED_WITHIN_MS;
      let [row] = await admin.traces('status=aborted');
      while (!row && Date.now() < deadline) [row] = await admin.traces('status=aborted');
      expect(row).toMatchObject({ errorCode: 'client_closed', stream: true, outputTokens: 1 });
    });

    it('a request cut off in its body leaves nothing behind', async () => {
      const { hostname, port } = new URL(relay.url);
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ACME_KEY}\r\ncontent-length: 1000\r\n\r\n{"model":`,
      );
      await new Promise<void>((resolve) => socket.end(resolve));
      socket.destroy();
      await expectFreeSlots();
    });
  });

  describe('from the upstream', () => {
    // Else the breaker would open: this upstream fails nearly every time.
    afterEach(() => admin.request('POST', '/api/providers/mock/breakers/reset', {}));

    it.each<[string, UpstreamScript, number, string]>([
      ['HTML', htmlReply(), 502, 'upstream_error'],
      ['half a JSON', halfJsonReply(), 502, 'upstream_error'],
      ['a reset connection', resetConnection(), 502, 'upstream_error'],
      ['silence', neverAnswer(), 504, 'upstream_timeout'],
      ['a 500', errorReply(500, 'boom'), 502, 'upstream_error'],
      ['a refused key', errorReply(401, 'bad key secret-of-mock'), 502, 'upstream_error'],
      ['a 429', errorReply(429, 'slow down', { 'retry-after': '7' }), 429, 'upstream_rate_limited'],
    ])('%s becomes a clear error', async (name, script, status, code) => {
      upstream.enqueue(script);
      const reply = await relay.post(ACME_KEY, ask(`whole: ${name}`));
      if (status === 429) expect(reply.headers.get('retry-after')).toBe('7');
      const said = await expectRefusal(reply, status, code, 'error');
      expect(said).not.toContain('secret-of-mock');
      await expectFreeSlots();
    });

    it('nobody listening is 502', async () => {
      await upstream.refuseConnections();
      const reply = await relay.post(ACME_KEY, ask('nobody'));
      await upstream.acceptConnections();
      await expectRefusal(reply, 502, 'upstream_error', 'error');
      await expectFreeSlots();
    });

    it('a 400 is passed on as it is', async () => {
      upstream.enqueue(errorReply(400, 'context too long'));
      const reply = await relay.post(ACME_KEY, ask('too long'));
      expect(reply.status).toBe(400);
      expect(await reply.json()).toMatchObject({ error: { message: 'context too long' } });
      const trace = await admin.trace(reply.headers.get('x-relay-trace-id'));
      expect(trace).toMatchObject({ httpStatus: 400, status: 'error', attempts: 1 });
    });

    it.each<[string, UpstreamScript, string]>([
      ['a cut', sseReply([deltaFrame({ content: 'one' }), 'CUT']), 'upstream_error'],
      ['a stall', sseReply([deltaFrame({ content: 'one' }), 'STALL']), 'upstream_timeout'],
    ])('%s in the middle of a stream ends it with an error event and no [DONE]', async (name, script, code) => {
      upstream.enqueue(script);
      const reply = await relay.post(ACME_KEY, ask(`stream: ${name}`, { stream: true }));
      const text = await reply.text();
      expect(reply.status).toBe(200);
      expect(text).toContain('"content":"one"');
      expect(text).toMatch(/event: error\ndata: \{"error":\{.*\n\n$/);
      expect(text).toContain(`"code":"${code}"`);
      expect(text).not.toContain('[DONE]');
      const trace = await admin.trace(reply.headers.get('x-relay-trace-id'));
      expect(trace).toMatchObject({ status: 'error', errorCode: code, stream: true });
      expect(trace.outputTokens).toBeGreaterThan(0); // what was delivered is accounted for, as an estimate
      await expectFreeSlots();
    });
  });
});

describe('an upstream with a spare beside it', () => {
  let upstream: ScriptedUpstream;
  let spare: ScriptedUpstream;
  let relay: RelayProcess;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    spare = await ScriptedUpstream.start();
    relay = await RelayProcess.start({ config: testConfig(upstream, { fallback: spare }) });
  }, 90_000);
  afterAll(async () => {
    await relay?.close();
    await upstream?.close();
    await spare?.close();
  });

  it.each<[string, UpstreamScript]>([
    ['a 503', errorReply(503, 'down')],
    ['a reset connection', resetConnection()],
    ['a 429', errorReply(429, 'slow down')],
  ])('hands over after %s, before the first byte', async (name, script) => {
    upstream.enqueue(script);
    const reply = await relay.post(ACME_KEY, ask(`handover: ${name}`));
    expect(reply.status).toBe(200);
    expect(reply.headers.get('x-relay-provider')).toBe('spare');
    const trace = await (await relay.admin()).trace(reply.headers.get('x-relay-trace-id'));
    expect(trace.attempts).toBe(2);
  });
});
