import { gzipSync } from 'node:zlib';
import { RelayError, systemClock } from '@relay/core';
import {
  completionJson,
  deltaFrame,
  doneFrame,
  errorReply,
  FakeClock,
  frame,
  Gate,
  gatedReply,
  halfJsonReply,
  htmlReply,
  jsonReply,
  neverAnswer,
  rawReply,
  resetConnection,
  ScriptedUpstream,
  sseReply,
  steps,
  streamFrames,
  usageFrame,
} from '@relay/testing';
import { call, completed, failed, providerConfig } from '../../testing/call-harness';
import { createOpenaiClient } from '../openai/openai.adapter';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { MAX_REFUSAL_BYTES } from './refusal-reply';

const content = deltaFrame({ content: 'Hello' });
const finish = deltaFrame({}, 'stop');

describe('HttpUpstreamClient', () => {
  let upstream: ScriptedUpstream;
  let client: UpstreamClient;
  const clients: UpstreamClient[] = [];

  const connect = (config: Record<string, unknown> = {}, clock = systemClock): UpstreamClient => {
    const made = createOpenaiClient(
      providerConfig({ baseUrl: upstream.baseUrl, apiKey: 'upstream-secret', ...config }),
      clock,
    );
    clients.push(made);
    return made;
  };

  beforeEach(async () => {
    upstream = await ScriptedUpstream.start();
    client = connect();
  });

  afterEach(async () => {
    await upstream.close();
    await Promise.all(clients.splice(0).map((each) => each.close()));
  });

  describe('the request', () => {
    it("carries the client's bytes, patched, and none of its headers", async () => {
      client = connect({ headers: { 'OpenAI-Organization': 'org-1' } });
      const body = Buffer.from(
        '{"model":"auto" ,"messages":[{"role":"user","content":"é"}], "seed":12345678901234567890, "new_thing":{"a":1.0}}',
      );
      await completed(call(client, { body, patch: { max_tokens: 9 }, model: 'gpt-x', requestId: 'req-42' }));
      const [request] = upstream.requests;
      expect(request?.path).toBe('/v1/chat/completions');
      expect(request?.rawBody.toString()).toBe(
        '{"model":"gpt-x" ,"messages":[{"role":"user","content":"é"}], "seed":12345678901234567890, "new_thing":{"a":1.0},"max_tokens":9}',
      );
      expect(request?.headers).toMatchObject({
        authorization: 'Bearer upstream-secret',
        'openai-organization': 'org-1',
        'x-request-id': 'req-42',
        'accept-encoding': 'identity',
        accept: 'application/json',
      });
    });

    it('asks a stream for usage, keeps the other stream options, and changes nothing if the client asked itself', async () => {
      const own = '{"model":"mock-model","stream":true,"messages":[],"stream_options":{"include_obfuscation":false}}';
      await completed(call(client, { stream: true, body: Buffer.from(own) }));
      expect(upstream.requests[0]?.json()['stream_options']).toEqual({
        include_obfuscation: false,
        include_usage: true,
      });
      const asked = '{"model":"mock-model","stream":true,"messages":[],"stream_options": { "include_usage" : true }}';
      await completed(call(client, { stream: true, body: Buffer.from(asked), clientWantsUsage: true }));
      expect(upstream.requests[1]?.rawBody.toString()).toBe(asked);
      expect(upstream.requests[1]?.headers.accept).toBe('text/event-stream');
    });

    it('keeps the query of the base URL', async () => {
      await completed(call(connect({ baseUrl: `${upstream.origin}/deployments/x/?api-version=1` })));
      expect(upstream.requests[0]?.path).toBe('/deployments/x/chat/completions?api-version=1');
    });

    it('uses a kept-alive connection again and tells a new one by its connect time', async () => {
      const first = await completed(call(client));
      await new Promise((resolve) => setImmediate(resolve)); // undici lets a connection rest for a turn of the loop
      const second = await completed(call(client));
      expect(first.connectMs).toBeGreaterThan(0);
      expect(second.connectMs).toBeNull();
    });
  });

  describe('an answer', () => {
    it('reaches the caller byte by byte as it came, with its facts', async () => {
      const body = `{ "x":1.0, ${JSON.stringify(completionJson('Hé', { prompt: 4, completion: 2, cached: 3 })).slice(1)}`;
      upstream.enqueue(rawReply(body, 'application/json; charset=UTF-8'));
      const observed = call(client);
      const outcome = await completed(observed);
      expect(outcome.body.toString()).toBe(body);
      expect(outcome).toMatchObject({
        status: 200,
        contentType: 'application/json; charset=UTF-8',
        finishReason: 'stop',
      });
      expect(outcome.usage).toEqual({ inputTokens: 4, cachedInputTokens: 3, outputTokens: 2, reasoningTokens: 0 });
      expect(observed.firstBytes).toBe(1);
    });

    it.each([false, true])('without a content type gets the one it must have (stream: %s)', async (stream) => {
      const body = stream ? streamFrames(['a']) : [JSON.stringify(completionJson('a'))];
      upstream.enqueue(steps(body));
      const outcome = await completed(call(client, { stream }));
      expect(outcome.contentType).toBe(stream ? 'text/event-stream' : 'application/json');
    });

    it('is decompressed if it was compressed against our wish', async () => {
      const body = JSON.stringify(completionJson('zip'));
      upstream.enqueue(rawReply(gzipSync(body), 'application/json', { headers: { 'content-encoding': 'gzip' } }));
      expect((await completed(call(client))).body.toString()).toBe(body);
      upstream.enqueue(rawReply('no gzip', 'application/json', { headers: { 'content-encoding': 'gzip' } }));
      expect(await failed(call(client))).toMatchObject({ error: { code: 'upstream_error' }, retryable: true });
    });

    it.each([
      ['HTML', htmlReply()],
      ['half a JSON', halfJsonReply()],
      ['an array', rawReply('[]', 'application/json')],
      ['JSON under a wrong type', rawReply('{}', 'text/event-stream')],
      ['nothing', rawReply('', 'application/json')],
      ['an error object with status 200', jsonReply({ error: { message: 'x' } })],
      ['an empty object', jsonReply({})],
      ['without choices', jsonReply({ ...completionJson('x'), choices: [] })],
    ])('that is %s is an upstream error worth another try', async (_name, script) => {
      upstream.enqueue(script);
      expect(await failed(call(client))).toMatchObject({
        error: { code: 'upstream_error' },
        retryable: true,
        started: false,
        upstreamStatus: 200,
        passthrough: null,
      });
    });
  });

  describe('a stream', () => {
    it('hands frames on before the next are produced, and the closing ones with the outcome', async () => {
      const gate = new Gate();
      upstream.enqueue(sseReply([content, gate, deltaFrame({ content: ' you' }), finish, usageFrame(), doneFrame()]));
      const observed = call(client, { stream: true });
      expect(await observed.received('Hello')).toBe(content);
      gate.open();
      const outcome = await completed(observed);
      expect(Buffer.concat(observed.frames).toString()).toBe(content + deltaFrame({ content: ' you' }) + finish);
      expect(outcome.tail.toString()).toBe(doneFrame());
      expect(outcome).toMatchObject({
        finishReason: 'stop',
        usage: { inputTokens: 11, outputTokens: 3 },
        contentType: 'text/event-stream',
      });
    });

    it('times the first content, not the first life sign', async () => {
      const clock = new FakeClock();
      const gate = new Gate();
      upstream.enqueue(sseReply([deltaFrame({ role: 'assistant', content: '' }), gate, content, finish, doneFrame()]));
      const observed = call(connect({}, clock), { stream: true });
      await gate.reached;
      clock.advance(700);
      gate.open();
      expect((await completed(observed)).ttftMs).toBe(700);
    });

    it('is over at [DONE], even if the upstream leaves the body open', async () => {
      upstream.enqueue(sseReply([content, finish, doneFrame(), 'STALL']));
      const clock = new FakeClock();
      client = connect({}, clock);
      expect((await completed(call(client, { stream: true }))).tail.toString()).toBe(doneFrame());
      clock.advance(1_000); // then its connection is given up
      await upstream.requests[0]?.aborted;
    });

    it('that drains after [DONE] does not keep the next call waiting', async () => {
      client = connect({ limits: { concurrency: 1 } }, new FakeClock()); // its time stands still: the draining has no end
      upstream.enqueue(sseReply([content, finish, doneFrame(), 'STALL']));
      await completed(call(client, { stream: true }));
      expect((await completed(call(client))).status).toBe(200);
    });

    it('stops reading when the observer is full and goes on when it asks', async () => {
      const big = deltaFrame({ content: 'x'.repeat(60_000) });
      const count = 400; // 24 MB: more than the sockets' buffers hold
      upstream.enqueue(sseReply([...Array.from({ length: count }, () => big), finish, doneFrame()]));
      const observed = call(client, { stream: true });
      observed.hold();
      await observed.received('xxx');
      const request = await upstream.request();
      let written = false;
      void request.finished.then(() => (written = true));
      await completed(call(client)); // another call goes its way meanwhile
      expect(written).toBe(false);
      const seen = observed.frames.length;
      observed.resume();
      await completed(observed);
      expect(observed.frames.length).toBeGreaterThan(seen);
      expect(Buffer.concat(observed.frames).length).toBe(count * big.length + finish.length);
    });

    it('survives an observer that resumes before it returns', async () => {
      const outcome = await client.call(
        {
          operation: 'chat',
          contentType: 'application/json',
          model: 'm',
          body: Buffer.from('{"stream":true}'),
          patch: {},
          stream: true,
          clientWantsUsage: false,
          requestId: 'r',
          timeoutMs: 20_000,
          signal: new AbortController().signal,
        },
        {
          onFrames: (_frames, resume) => {
            resume();
            return false;
          },
        },
      );
      expect(outcome.kind).toBe('completed');
    });

    it('without [DONE] is complete if its finish reason came; [DONE] is not made up', async () => {
      upstream.enqueue(sseReply([content, finish]));
      const outcome = await completed(call(client, { stream: true }));
      expect(outcome.finishReason).toBe('stop');
      expect(outcome.tail.toString()).toBe('');
    });

    it('cut before [DONE] fails even if a finish reason came: another choice may have had more to say', async () => {
      upstream.enqueue(sseReply([content, finish, 'CUT']));
      expect(await failed(call(client, { stream: true }))).toMatchObject({
        error: { code: 'upstream_error' },
        started: true,
      });
    });

    it.each([
      ['cut', sseReply([content, 'CUT'])],
      ['ended early', sseReply([content])],
      ['reporting an error', sseReply([content, frame({ error: { message: 'broken' } })])],
    ])('%s in the middle fails, with nothing to retry', async (_name, script) => {
      upstream.enqueue(script);
      const observed = call(client, { stream: true });
      expect(await failed(observed)).toMatchObject({
        error: { code: 'upstream_error' },
        started: true,
        retryable: false,
        upstreamStatus: 200,
      });
      expect(Buffer.concat(observed.frames).toString()).toBe(content);
    });

    it.each([
      ['cut', sseReply([deltaFrame({ role: 'assistant' }), 'CUT'])],
      ['reporting an error', sseReply([deltaFrame({ role: 'assistant' }), frame({ error: { message: 'broken' } })])],
      ['HTML', htmlReply()],
      ['JSON', jsonReply(completionJson('not streamed'))],
      ['empty', sseReply([])],
    ])('%s before any content may be tried elsewhere', async (_name, script) => {
      upstream.enqueue(script);
      const observed = call(client, { stream: true });
      expect(await failed(observed)).toMatchObject({
        error: { code: 'upstream_error' },
        started: false,
        retryable: true,
      });
      expect(observed.frames).toEqual([]);
    });
  });

  describe('a refusal', () => {
    it('of the request goes through as it is', async () => {
      upstream.enqueue(errorReply(400, 'bad parameter'));
      const outcome = await failed(call(client, { stream: true }));
      expect(outcome).toMatchObject({
        retryable: false,
        started: false,
        upstreamStatus: 400,
        passthrough: { status: 400, contentType: 'application/json' },
      });
      expect(JSON.parse(outcome.passthrough?.body.toString() ?? '')).toMatchObject({
        error: { message: 'bad parameter' },
      });
    });

    it('by a rate limit says when to come again', async () => {
      upstream.enqueue(errorReply(429, 'slow down', { 'retry-after': '7' }));
      expect(await failed(call(client))).toMatchObject({
        error: { code: 'upstream_rate_limited' },
        retryable: true,
        retryAfterMs: 7_000,
      });
    });

    it('of our key is no 401 of the client', async () => {
      upstream.enqueue(errorReply(401, 'Incorrect API key provided: upstream-secret'));
      const outcome = await failed(call(client));
      expect(outcome).toMatchObject({
        error: { code: 'upstream_error', status: 502 },
        retryable: true,
        passthrough: null,
      });
      expect(outcome.error.message).not.toContain('upstream-secret');
    });

    it('never shows the value of a configured header', async () => {
      client = connect({ headers: { 'api-key': 'azure-key-123' } });
      upstream.enqueue(errorReply(400, 'bad key azure-key-123'), errorReply(500, 'bad key azure-key-123'));
      for (let i = 0; i < 2; i++) {
        const { error, passthrough } = await failed(call(client));
        expect(`${error.message} ${passthrough?.body.toString() ?? ''}`).toContain('bad key [redacted]');
        expect(`${error.message} ${passthrough?.body.toString() ?? ''}`).not.toContain('azure-key-123');
      }
    });

    it('with an endless body is read only so far', async () => {
      upstream.enqueue(rawReply('x'.repeat(MAX_REFUSAL_BYTES * 40), 'text/plain', { status: 500 }));
      expect(await failed(call(client))).toMatchObject({ upstreamStatus: 500, retryable: true });
    });
  });

  describe('a broken transport', () => {
    it('is worth another try: refused, reset, unknown host', async () => {
      upstream.enqueue(resetConnection());
      expect(await failed(call(client))).toMatchObject({
        error: { code: 'upstream_error' },
        retryable: true,
        upstreamStatus: null,
      });
      await upstream.refuseConnections();
      expect((await failed(call(client))).error.message).toBe('Provider p refused the connection.');
      await upstream.acceptConnections();
      expect((await completed(call(client))).status).toBe(200);
      const lost = connect({ baseUrl: 'http://nowhere.invalid/v1' });
      expect(await failed(call(lost))).toMatchObject({ error: { code: 'upstream_error' }, retryable: true });
    });

    it('tells silence before the head from silence in the middle', async () => {
      client = connect({ timeouts: { headersMs: 40, idleMs: 60 } });
      upstream.enqueue(neverAnswer(), sseReply([content, 'STALL']));
      const head = await failed(call(client));
      expect(head).toMatchObject({ error: { code: 'upstream_timeout' }, retryable: true, started: false });
      expect(head.error.message).toContain('40 ms');
      const middle = await failed(call(client, { stream: true }));
      expect(middle).toMatchObject({ error: { code: 'upstream_timeout' }, retryable: false, started: true });
      expect(middle.error.message).toContain('60 ms');
      await Promise.all(upstream.requests.map((request) => request.aborted));
    });

    it('at the deadline ends the call for good', async () => {
      const clock = new FakeClock();
      upstream.enqueue(neverAnswer());
      const observed = call(connect({}, clock), { timeoutMs: 5_000 });
      const request = await upstream.request();
      clock.advance(4_999);
      expect(clock.pending).toBe(1);
      clock.advance(1);
      expect(await failed(observed)).toMatchObject({ error: { code: 'upstream_timeout' }, retryable: false });
      await request.aborted;
      expect(clock.pending).toBe(0);
    });

    it('does not cut a stream at the deadline once it has content', async () => {
      const clock = new FakeClock();
      const gate = new Gate();
      upstream.enqueue(sseReply([content, gate, deltaFrame({}, 'stop'), doneFrame()]));
      const observed = call(connect({}, clock), { stream: true, timeoutMs: 5_000 });
      await observed.received('data:');
      clock.advance(60_000);
      gate.open();
      expect(await completed(observed)).toMatchObject({ finishReason: 'stop' });
    });

    it('cuts a stream that has content and no end', async () => {
      const clock = new FakeClock();
      upstream.enqueue(sseReply([content, 'STALL']));
      const observed = call(connect({ timeouts: { streamMs: 90_000 } }, clock), { stream: true, timeoutMs: 5_000 });
      await observed.received('data:');
      clock.advance(89_999);
      expect(clock.pending).toBe(1);
      clock.advance(1);
      const end = await failed(observed);
      expect(end).toMatchObject({ error: { code: 'upstream_timeout' }, retryable: false, started: true });
      expect(end.error.message).toContain('90000 ms (timeouts.streamMs)');
      await (
        await upstream.request()
      ).aborted;
      expect(clock.pending).toBe(0);
    });
  });

  describe('an abort', () => {
    const gate = new Gate(); // never opened
    it.each([
      ['while waiting for the head', neverAnswer(), false],
      ['while waiting for the first byte of a stream', gatedReply(gate, sseReply([])), true],
      ['within a body that is no stream', rawReply('', 'application/json', {}), false],
    ])('%s ends the upstream request at once', async (_name, script, stream) => {
      upstream.enqueue(
        script.kind === 'reply' && !script.gate
          ? sseReply(['{"half":', 'STALL'], { headers: { 'content-type': 'application/json' } })
          : script,
      );
      const observed = call(client, { stream });
      const request = await upstream.request();
      observed.abort.abort();
      expect(await failed(observed)).toMatchObject({ error: { code: 'client_closed' }, retryable: false });
      await request.aborted;
    });

    it('in the middle of a stream ends the upstream request at once, and keeps what is known of usage', async () => {
      upstream.enqueue(sseReply([content, usageFrame(), 'STALL']));
      const observed = call(client, { stream: true, clientWantsUsage: true });
      await observed.received('Hello');
      const request = await upstream.request();
      observed.abort.abort();
      expect(await failed(observed)).toMatchObject({ error: { code: 'client_closed' }, started: true });
      await request.aborted;
    });

    it('while paused by back-pressure ends the upstream request at once', async () => {
      upstream.enqueue(sseReply(Array.from({ length: 400 }, () => deltaFrame({ content: 'x'.repeat(60_000) }))));
      const observed = call(client, { stream: true });
      observed.hold();
      await observed.received('xxx');
      observed.abort.abort();
      expect(await failed(observed)).toMatchObject({ error: { code: 'client_closed' }, started: true });
      await upstream.requests[0]?.aborted;
      await completed(call(client)); // the pool is not stuck
    });

    it('before the call or while connecting sends nothing', async () => {
      await completed(call(client));
      const aborted = call(client, { signal: AbortSignal.abort() });
      expect(await failed(aborted)).toMatchObject({ error: { code: 'client_closed' } });
      const fresh = connect();
      const connecting = call(fresh);
      connecting.abort.abort();
      expect(await failed(connecting)).toMatchObject({ error: { code: 'client_closed' } });
      await completed(call(fresh));
      expect(upstream.requests.length).toBe(2);
    });

    it('with a reason of the relay ends by that reason', async () => {
      upstream.enqueue(neverAnswer());
      const observed = call(client);
      await upstream.request();
      observed.abort.abort(new RelayError('unavailable', 'The relay is shutting down.'));
      expect(await failed(observed)).toMatchObject({ error: { code: 'unavailable' } });
    });

    it('after the end changes nothing, and no listener or timer is left', async () => {
      const clock = new FakeClock();
      const signal = new AbortController().signal;
      const remove = jest.spyOn(signal, 'removeEventListener');
      const add = jest.spyOn(signal, 'addEventListener');
      upstream.enqueue(
        jsonReply(completionJson('a')),
        sseReply(streamFrames(['a'])),
        errorReply(500, 'x'),
        resetConnection(),
      );
      client = connect({}, clock);
      for (const stream of [false, true, false, false]) await call(client, { stream, signal }).outcome;
      await client.close();
      expect(remove.mock.calls.length).toBe(add.mock.calls.length);
      expect(clock.pending).toBe(0);
    });
  });

  it('closes when the last call has ended and takes no more', async () => {
    const gate = new Gate();
    upstream.enqueue(gatedReply(gate, jsonReply(completionJson('late'))));
    const observed = call(client);
    await upstream.request();
    const closed = client.close();
    expect((await failed(call(client))).retryable).toBe(true);
    gate.open();
    expect((await completed(observed)).status).toBe(200);
    await closed;
  });
});
