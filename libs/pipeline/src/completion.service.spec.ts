import { HEADERS } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { completionJson } from '@relay/testing';
import { breaksOff, completed, failure, fails, streams, succeeds } from '../test/outcomes';
import { chat, PipelineHarness, PRINCIPAL, TRACE_ID } from '../test/pipeline-harness';

const explain = { [HEADERS.explain]: '1' };
const once = { defaults: { retries: { maxAttempts: 1 } } };
const cached = { defaults: { cache: { exact: { enabled: true, ttl: '1h' } }, retries: { maxAttempts: 1 } } };

describe('a request on its way through the pipeline', () => {
  let relay: PipelineHarness;

  const start = async (...settings: Parameters<typeof PipelineHarness.start>): Promise<void> => {
    relay = await PipelineHarness.start(...settings);
  };
  afterEach(() => relay.close());

  const statuses = (): string[] => relay.recorder.records.map((record) => record.status);

  describe('records its trace before the last byte leaves', () => {
    it('of a whole answer, which passes through byte for byte', async () => {
      await start(once);
      relay.providers.script('a', succeeds);
      const reply = await relay.send();
      expect(relay.journal).toEqual(['record', 'last byte']);
      expect(reply.status).toBe(200);
      expect(reply.json).toEqual(completionJson('Hi'));
      expect(relay.recorder.records).toMatchObject([
        { id: TRACE_ID, status: 'ok', httpStatus: 200, provider: 'a', inputTokens: 11, outputTokens: 3, stream: false },
      ]);
    });

    it('of a stream, whose frames leave before', async () => {
      await start(once);
      relay.providers.script('a', streams);
      const reply = await relay.send({ body: chat({ stream: true }) });
      expect([...new Set(relay.journal)]).toEqual(['frames', 'record', 'last byte']);
      expect(reply.text.endsWith('data: [DONE]\n\n')).toBe(true);
      expect(reply.headers['content-type']).toBe('text/event-stream; charset=utf-8');
      expect(relay.recorder.records).toMatchObject([{ status: 'ok', stream: true }]);
    });

    it('of a stream that has nothing but its end', async () => {
      await start(once);
      const tail = Buffer.from('data: [DONE]\n\n');
      relay.providers.script('a', () => Promise.resolve(completed({ body: Buffer.alloc(0), tail })));
      const reply = await relay.send({ body: chat({ stream: true }) });
      expect(relay.journal).toEqual(['record', 'last byte']);
      expect([reply.status, reply.text]).toEqual([200, 'data: [DONE]\n\n']);
    });

    it('of an error', async () => {
      await start(once);
      relay.providers.script('a', fails);
      const reply = await relay.send();
      expect(relay.journal).toEqual(['record', 'last byte']);
      expect(reply.status).toBe(502);
      expect(reply.json).toMatchObject({ error: { code: 'upstream_error' } });
      expect(relay.recorder.records).toMatchObject([
        { status: 'error', httpStatus: 502, errorCode: 'upstream_error', attempts: [{ outcome: 'upstream_error' }] },
      ]);
    });

    it('of a refusal of the upstream, which the client sees as it came', async () => {
      await start(once);
      const passthrough = { status: 422, contentType: 'application/problem+json', body: Buffer.from('{"odd":1}') };
      const error = new RelayError('invalid_request', 'Provider a refused the request with 422');
      relay.providers.script('a', () => Promise.resolve(failure({ error, retryable: false, passthrough })));
      const reply = await relay.send();
      expect(relay.journal).toEqual(['record', 'last byte']);
      expect([reply.status, reply.text]).toEqual([422, '{"odd":1}']);
      expect(reply.headers['content-type']).toBe('application/problem+json');
      expect(relay.recorder.records).toMatchObject([{ status: 'error', httpStatus: 422 }]);
    });

    it('of a body that is no request, without asking anybody', async () => {
      await start(once);
      const reply = await relay.send({ body: '{' });
      expect(relay.journal).toEqual(['record', 'last byte']);
      expect(reply.status).toBe(400);
      expect(relay.recorder.records).toMatchObject([{ status: 'rejected', errorCode: 'invalid_request', model: null }]);
      expect(relay.scheduler.asked).toEqual([]);
    });

    it('of a request that was turned away at the door', async () => {
      await start(once);
      const exchange = relay.exchange();
      relay.service.refuse(
        { ...exchange, principal: null },
        new RelayError('rate_limited', 'Slow down.', { retryAfterSeconds: 1.2 }),
      );
      expect(relay.journal).toEqual(['record', 'last byte']);
      expect(exchange.reply.headers['retry-after']).toBe('2');
      expect(relay.recorder.records).toMatchObject([{ status: 'rejected', tenant: null }]);
    });
  });

  describe('has one record and one end', () => {
    it.each([
      ['whole answer', {}, succeeds],
      ['stream', { stream: true }, streams],
    ])('also when the %s cannot be stored afterwards', async (_what, fields, script) => {
      await start(cached);
      jest.spyOn(relay.cache, 'put').mockImplementation(() => {
        throw new Error('no room');
      });
      relay.providers.script('a', script);
      const reply = await relay.send({ body: chat(fields) });
      expect(relay.cache.put).toHaveBeenCalledTimes(1);
      expect(statuses()).toEqual(['ok']);
      expect(relay.journal.filter((entry) => entry === 'last byte')).toHaveLength(1);
      expect(reply.text).not.toContain('internal_error');
    });

    it('when a client of an upstream breaks: an internal error that reveals nothing', async () => {
      await start(once);
      relay.providers.script('a', () => Promise.reject(new Error('secret detail')));
      const reply = await relay.send();
      expect(reply.status).toBe(500);
      expect(reply.text).not.toContain('secret detail');
      expect(relay.journal).toEqual(['record', 'last byte']);
      expect(relay.recorder.records).toMatchObject([{ status: 'error', errorCode: 'internal_error' }]);
    });
  });

  it('tells an error inside a stream that has begun as an event, and does not say [DONE]', async () => {
    await start(once);
    relay.providers.script('a', breaksOff);
    const reply = await relay.send({ body: chat({ stream: true }) });
    const event = /\n\nevent: error\ndata: (.+)\n\n$/.exec(reply.text);
    expect(JSON.parse(event?.[1] ?? '')).toMatchObject({ error: { code: 'upstream_error' } });
    expect(reply.text).not.toContain('[DONE]');
    expect(reply.status).toBe(200);
    expect(relay.journal.slice(-2)).toEqual(['record', 'last byte']);
    expect(relay.recorder.records).toMatchObject([
      { status: 'error', errorCode: 'upstream_error', outputTokens: 1, usageEstimated: true }, // Hel
    ]);
  });

  it('does not keep what broke off', async () => {
    await start(cached);
    relay.providers.script('a', breaksOff, streams);
    await relay.send({ body: chat({ stream: true }) });
    const second = await relay.send({ body: chat({ stream: true }) });
    expect(second.headers[HEADERS.cache]).toBe('miss');
    expect(second.text).toContain('[DONE]');
  });

  describe('answered from the cache', () => {
    beforeEach(async () => {
      await start(cached);
      relay.providers.script('a', succeeds, fails);
      await relay.send();
      relay.clock.advance(12_500);
      relay.journal.length = 0;
    });

    it('carries its age, its plan and who answered back then', async () => {
      const hit = await relay.send();
      expect(hit.json).toEqual(completionJson('Hi'));
      expect(hit.headers).toMatchObject({
        age: '12',
        [HEADERS.cache]: 'exact-l1',
        [HEADERS.policy]: 'test@1',
        [HEADERS.plan]: relay.recorder.records[0]?.signature,
        [HEADERS.model]: 'm',
        [HEADERS.provider]: 'a',
        [HEADERS.requestId]: 'req-1',
        [HEADERS.traceId]: TRACE_ID,
      });
      expect(relay.journal).toEqual(['record', 'last byte']);
      expect(relay.recorder.records[1]).toMatchObject({ status: 'ok', cache: 'exact-l1', cacheSource: TRACE_ID });
    });

    it('explains the decisions in the body when asked', async () => {
      const hit = await relay.send({ headers: explain });
      const { relay: why, ...answer } = hit.json;
      expect(answer).toEqual(completionJson('Hi'));
      expect(why).toMatchObject({
        policy: 'test@1',
        plan: { route: { candidates: [{ provider: 'a' }, { provider: 'b' }] } },
        decisions: [{ rule: 'model' }, { rule: 'queue' }, { rule: 'defaults' }, { rule: 'ranking' }],
      });
    });

    it('is replayed as a stream to whoever asked for one', async () => {
      const hit = await relay.send({ body: chat({ stream: true }) });
      expect(hit.headers).toMatchObject({ age: '12', [HEADERS.cache]: 'exact-l1' });
      expect(hit.headers['content-type']).toBe('text/event-stream; charset=utf-8');
      expect(hit.text.endsWith('data: [DONE]\n\n')).toBe(true);
      expect(relay.journal).toEqual(['record', 'last byte']);
    });

    it('only if nobody asked for a fresh or a younger answer', async () => {
      for (const directive of ['no-cache', 'max-age=12']) {
        const reply = await relay.send({ headers: { 'cache-control': directive } });
        expect(reply.status).toBe(502); // the upstream was asked
      }
      const younger = await relay.send({ headers: { 'cache-control': 'max-age=13' } });
      expect(younger.headers[HEADERS.cache]).toBe('exact-l1');
    });

    it('or not at all, where only-if-cached was asked for', async () => {
      const headers = { 'cache-control': 'only-if-cached' };
      expect((await relay.send({ headers })).status).toBe(200);
      const reply = await relay.send({ headers, body: chat({ temperature: 0.5 }) });
      expect([reply.status, reply.headers[HEADERS.cache]]).toEqual([504, 'miss']);
      expect(relay.recorder.records.at(-1)).toMatchObject({ status: 'rejected', errorCode: 'only_if_cached_miss' });
    });
  });

  it('keeps what was said only where the plan wants it', async () => {
    await start({ defaults: { payloadLogging: true } });
    relay.providers.script('a', succeeds, streams);
    await relay.send();
    await relay.send({ body: chat({ stream: true, temperature: 0.5 }) });
    const [whole, stream] = relay.recorder.payloads;
    expect(whole).toEqual({ request: JSON.stringify(chat()), response: JSON.stringify(completionJson('Hi')) });
    expect(JSON.parse(stream?.response ?? '')).toMatchObject({ choices: [{ message: { content: 'Hello' } }] });
    await relay.close();
    await start(once);
    relay.providers.script('a', succeeds);
    await relay.send();
    expect(relay.recorder.payloads).toEqual([null]);
  });

  it('keeps nothing that a tenant says who switched it off, whatever the plan wants', async () => {
    await start({ defaults: { payloadLogging: true } });
    relay.providers.script('a', succeeds, streams);
    const tenant = { ...PRINCIPAL.tenant, payloads: { keep: false } };
    await relay.send({ principal: { ...PRINCIPAL, tenant } });
    await relay.send({ principal: { ...PRINCIPAL, tenant }, body: chat({ stream: true, temperature: 0.5 }) });
    expect(relay.recorder.payloads).toEqual([null, null]);
  });

  describe('with x-relay-explain', () => {
    it.each(['{}', '{ }', '{"id":"x"}', '{"a":{"b":"}"}}\n'])('stays JSON where the upstream says %j', async (said) => {
      await start(once);
      relay.providers.script('a', () => Promise.resolve(completed({ body: Buffer.from(said) })));
      const reply = await relay.send({ headers: explain });
      const { relay: why, ...answer } = reply.json;
      expect(answer).toEqual(JSON.parse(said));
      expect(why).toMatchObject({ traceId: TRACE_ID, policy: 'test@1' });
      expect(reply.headers['content-length']).toBe(String(Buffer.byteLength(reply.text)));
    });

    it('leaves alone what is no object', async () => {
      await start(once);
      relay.providers.script('a', () => Promise.resolve(completed({ body: Buffer.from('busy') })));
      expect((await relay.send({ headers: explain })).text).toBe('busy');
    });

    it('does not find its way into the cache', async () => {
      await start(cached);
      relay.providers.script('a', succeeds);
      await relay.send({ headers: explain });
      expect((await relay.send()).json).toEqual(completionJson('Hi'));
    });
  });
});
