import { gzipSync } from 'node:zlib';
import { ScriptedUpstream } from '@relay/testing';
import { RelayProcess, type AdminClient } from './relay-process';
import { ACME_KEY, GLOBEX_KEY, ask, testConfig } from './test-config';

const UNKNOWN = '0199aaaa-0000-7000-8000-00000000002a';

interface Answer {
  readonly status: number;
  readonly body: { readonly id?: string; readonly error?: { code: string; message: string; param: string | null } };
  readonly headers: Headers;
}

describe('feedback on an answer', () => {
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  let admin: AdminClient;
  let traceId: string;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    const policy = { name: 'cached', version: 1, defaults: { cache: { exact: { enabled: true, ttl: '1h' } } } };
    relay = await RelayProcess.start({ config: testConfig(upstream, { policy }) });
    admin = await relay.admin();
    const { response } = await relay.openai(ACME_KEY).chat.completions.create(ask('Is this good?')).withResponse();
    traceId = response.headers.get('x-relay-trace-id') ?? '';
  }, 90_000);
  afterAll(async () => {
    await relay?.close();
    await upstream?.close();
  });

  const give = async (key: string, feedback: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const body = feedback instanceof Uint8Array ? feedback : JSON.stringify(feedback);
    const reply = await fetch(`${relay.url}/v1/feedback`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: new Blob([body]),
    });
    return { status: reply.status, body: (await reply.json()) as Answer['body'], headers: reply.headers };
  };

  it('is taken, and stands in the trace beside what was predicted', async () => {
    const { status, body } = await give(ACME_KEY, { trace_id: traceId, score: 0.5, comment: 'Nearly.' });
    expect([status, body]).toEqual([200, { id: expect.any(String), trace_id: traceId, score: 0.5 }]);
    const trace = await admin.trace(traceId);
    expect(trace.actual).toMatchObject({ quality: 0.75, outputTokens: 3, inputTokens: 11 });
    // Of some quantities several quantiles are predicted.
    const cameAs = (key: string): string => key.replace(/P\d\d/, '').replace('waitMs', 'queueMs');
    expect(Object.keys(trace.predicted).filter((key) => !(cameAs(key) in trace.actual))).toEqual([]);
    expect(trace.predicted['inputTokens']).toBeGreaterThan(0);
  });

  it('takes the place of what the same key said before', async () => {
    const first = await give(ACME_KEY, { trace_id: traceId, score: 1 });
    const second = await give(ACME_KEY, { trace_id: traceId, score: -1 });
    expect(second.body.id).toBe(first.body.id);
    expect((await admin.trace(traceId)).actual).toMatchObject({ quality: 0 });
  });

  it("does not tell another tenant's trace from one that does not exist", async () => {
    const [other, none] = [
      await give(GLOBEX_KEY, { trace_id: traceId, score: 1 }),
      await give(ACME_KEY, { trace_id: UNKNOWN, score: 1 }),
    ];
    for (const { status, body } of [other, none]) expect([status, body.error?.code]).toEqual([404, 'not_found']);
    expect(other.body).toEqual(none.body);
  });

  it.each([
    ['a score that is too high', { score: 1.5 }, 'score'],
    ['a score that is no number', { score: 'good' }, 'score'],
    ['no score', { score: undefined }, 'score'],
    ['an id that is none', { trace_id: 'last', score: 1 }, 'trace_id'],
    ['a comment that is too long', { score: 1, comment: 'x'.repeat(2_001) }, 'comment'],
  ])('is refused with %s, by the name of the field', async (_what, fields, param) => {
    const { status, body } = await give(ACME_KEY, { trace_id: traceId, ...fields });
    expect([status, body.error?.code, body.error?.param]).toEqual([400, 'invalid_request', param]);
  });

  it('is refused without a key, without a body, as broken JSON and with fields that nobody knows', async () => {
    expect((await give('no-such-key', { trace_id: traceId, score: 1 })).status).toBe(401);
    for (const body of [new Uint8Array(), Buffer.from('{"trace_id":'), Buffer.from('[]'), Buffer.from([0xff, 0xfe])]) {
      expect((await give(ACME_KEY, body)).status).toBe(400);
    }
    expect((await give(ACME_KEY, { trace_id: traceId, score: 1, stars: 5 })).body.error?.message).toContain('stars');
  });

  it('may come compressed', async () => {
    const packed = gzipSync(JSON.stringify({ trace_id: traceId, score: 1 }));
    expect((await give(ACME_KEY, packed, { 'content-encoding': 'gzip' })).status).toBe(200);
  });

  it('ends a wrong answer of the cache at once, whose ever hit it was', async () => {
    const served = async (): Promise<Headers> => {
      const { response } = await relay.openai(ACME_KEY).chat.completions.create(ask('Enable 2FA?')).withResponse();
      return response.headers;
    };
    const [miss, hit] = [await served(), await served()];
    expect([miss.get('x-relay-cache'), hit.get('x-relay-cache')]).toEqual(['miss', 'exact-l1']);
    const say = (headers: Headers, key = ACME_KEY): Promise<Answer> =>
      give(key, { trace_id: headers.get('x-relay-trace-id'), score: -1, bad_hit: true });

    expect((await say(miss)).body.error).toMatchObject({ code: 'invalid_request', param: 'bad_hit' });
    expect((await say(hit, GLOBEX_KEY)).status).toBe(404);
    expect((await served()).get('x-relay-cache')).toBe('exact-l1');
    expect((await say(hit)).status).toBe(200);
    expect((await served()).get('x-relay-cache')).toBe('miss');
  });

  it('leaves a trace of its own', async () => {
    const { headers } = await give(ACME_KEY, { trace_id: traceId, score: 1 });
    const trace = await admin.trace(headers.get('x-relay-trace-id'));
    expect(trace).toMatchObject({ endpoint: '/v1/feedback', tenant: 'acme', status: 'ok', model: null, costUsd: null });
  });
});
