import { RelayError, systemClock } from '@relay/core';
import {
  FakeClock,
  Gate,
  gatedReply,
  halfJsonReply,
  htmlReply,
  jsonReply,
  neverAnswer,
  resetConnection,
  ScriptedUpstream,
} from '@relay/testing';
import { call, completed, failed, providerConfig } from '../../testing/call-harness';
import { streamOf, talk, wholeOf } from '../../testing/vendor-wire';
import { VENDOR_WIRES } from '../../testing/vendor-wires';
import { MAX_REFUSAL_BYTES } from '../http/refusal-reply';
import { UPSTREAM_FACTORIES } from '../upstream-factories';
import type { UpstreamClient } from '../../ports/upstream-client.port';

interface Chunk {
  readonly choices: readonly { readonly delta: { content?: string; role?: string }; finish_reason: string | null }[];
}

const chunksOf = (frames: readonly Buffer[]): Chunk[] =>
  Buffer.concat(frames)
    .toString()
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.slice('data: '.length)) as Chunk);
const textIn = (frames: readonly Buffer[]): string =>
  chunksOf(frames)
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('');

describe.each(VENDOR_WIRES)('SdkClient with $kind', (wire) => {
  let upstream: ScriptedUpstream;
  let client: UpstreamClient;
  const clients: UpstreamClient[] = [];

  const connect = (config: Record<string, unknown> = {}, clock = systemClock): UpstreamClient => {
    const provider = providerConfig({
      ...{ kind: wire.kind, baseUrl: upstream.baseUrl, apiKey: 'upstream-secret' },
      ...{ ...wire.config, ...config },
    });
    const made = UPSTREAM_FACTORIES[provider.kind](provider, clock);
    clients.push(made);
    return made;
  };

  beforeEach(async () => {
    upstream = await ScriptedUpstream.start(() => wholeOf(wire, 'Hello'));
    client = connect();
  });

  afterEach(async () => {
    await upstream.close();
    await Promise.all(clients.splice(0).map((each) => each.close()));
  });

  describe('the request', () => {
    it('carries the key, the configured headers and the request id, and nothing of another kind', async () => {
      client = connect({ headers: { 'X-Team': 'a' } });
      await completed(call(client, { requestId: 'req-42' }));
      const { headers } = await upstream.request();
      expect(headers).toMatchObject({ 'x-team': 'a', 'x-request-id': 'req-42', 'accept-encoding': 'identity' });
      expect(JSON.stringify(headers)).toContain('upstream-secret');
      expect(headers['user-agent']).toBe('llm-relay');
    });

    it('takes another of the keys where the call names one', async () => {
      await completed(call(client, { apiKey: 'second-key' }));
      const sent = JSON.stringify((await upstream.request()).headers);
      expect(sent).toContain('second-key');
      expect(sent).not.toContain('upstream-secret');
    });

    it('for several answers is refused, by the name of the field, and not sent', async () => {
      const outcome = await failed(call(client, { body: Buffer.from('{"messages":[],"n":2}') }));
      expect(outcome).toMatchObject({ error: { code: 'invalid_request', param: 'n' }, retryable: false });
      expect(upstream.requests).toEqual([]);
    });

    it('for what its kind does not serve is refused, whatever its operations say, and not sent', async () => {
      client = connect({ operations: ['chat', 'audio.speech'] });
      const outcome = await failed(call(client, { operation: 'audio.speech' }));
      expect(outcome).toMatchObject({ error: { code: 'invalid_request' }, retryable: false, started: false });
      expect(outcome.error.message).toContain('not audio.speech');
      expect(upstream.requests).toEqual([]);
    });

    it('with fields that the vendor does not know goes without them, which the outcome tells', async () => {
      const body = { messages: [{ role: 'user', content: 'Hi' }], logit_bias: { 1: 2 }, temperature: 0 };
      const { warnings } = await completed(call(client, { body: Buffer.from(JSON.stringify(body)) }));
      expect(warnings).toContainEqual(expect.stringContaining('logit_bias is ignored'));
      expect((await upstream.request()).rawBody.toString()).toContain('"temperature":0');
    });
  });

  describe('a whole answer', () => {
    it('is told as a chat completion with its usage', async () => {
      const observed = call(client);
      const outcome = await completed(observed);
      const usage = { inputTokens: 11, cachedInputTokens: 4, outputTokens: 3, reasoningTokens: 0 };
      expect(outcome).toMatchObject({ status: 200, contentType: 'application/json', finishReason: 'stop', usage });
      expect(JSON.parse(outcome.body.toString())).toMatchObject({
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 11, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
      });
      expect(observed.firstBytes).toBe(1);
    });

    it.each([
      ['HTML', htmlReply()],
      ['half a JSON', halfJsonReply()],
      ['no answer', jsonReply({})],
    ])('that is %s is an upstream error worth another try', async (_name, script) => {
      upstream.enqueue(script);
      expect(await failed(call(client))).toMatchObject({
        ...{ error: { code: 'upstream_error' }, retryable: true, started: false },
        ...{ upstreamStatus: 200, passthrough: null },
      });
    });
  });

  describe('a stream', () => {
    it('hands frames on before the next are produced, and the closing ones with the outcome', async () => {
      const gate = new Gate();
      upstream.enqueue(streamOf(wire, [wire.start, wire.text('Hé'), gate, wire.text('llo'), ...wire.end('length')]));
      const observed = call(client, { stream: true, clientWantsUsage: true });
      await observed.received('Hé');
      expect(textIn(observed.frames)).toBe('Hé');
      gate.open();
      const outcome = await completed(observed);
      expect(textIn(observed.frames)).toBe('Héllo');
      const chunks = chunksOf(observed.frames);
      expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
      expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('length');
      expect(outcome).toMatchObject({
        finishReason: 'length',
        usage: { inputTokens: 11, cachedInputTokens: 4, outputTokens: 3 },
      });
      expect(outcome.tail.toString()).toMatch(
        /^data: .*"choices":\[\],"usage":\{"prompt_tokens":11.*\n\ndata: \[DONE\]\n\n$/,
      );
    });

    it('does not tell usage to whoever did not ask', async () => {
      upstream.enqueue(talk(wire, 'a'));
      expect((await completed(call(client, { stream: true }))).tail.toString()).toBe('data: [DONE]\n\n');
    });

    it('leaves in the tick in which it came: parts that came together leave together', async () => {
      upstream.enqueue(
        streamOf(wire, [
          Buffer.concat([wire.start, wire.text('a'), wire.text('b')].map((step) => Buffer.from(step as string))),
          new Gate(),
        ]),
      );
      const observed = call(client, { stream: true });
      await observed.received('"a"');
      expect(observed.frames).toHaveLength(1);
      expect(textIn(observed.frames)).toBe('ab');
      observed.abort.abort();
      await observed.outcome;
    });

    it('split within a character and between its events is read as if it were not', async () => {
      const bytes = Buffer.concat(
        [wire.start, wire.text('日本'), ...wire.end('stop')].map((step) => Buffer.from(step as string)),
      );
      const gates: Gate[] = [];
      const pieces = [...bytes].flatMap((byte, i) => {
        if (i % 40 !== 0) return [Buffer.from([byte])];
        const gate = new Gate();
        gates.push(gate);
        return [gate, Buffer.from([byte])];
      });
      upstream.enqueue(streamOf(wire, pieces));
      const observed = call(client, { stream: true });
      for (const gate of gates) {
        await gate.reached;
        gate.open();
      }
      await completed(observed);
      expect(textIn(observed.frames)).toBe('日本');
    });

    it('times the first content, not the first life sign', async () => {
      const clock = new FakeClock();
      const gate = new Gate();
      upstream.enqueue(streamOf(wire, [wire.start, gate, wire.text('a'), ...wire.end('stop')]));
      const observed = call(connect({}, clock), { stream: true });
      await gate.reached;
      clock.advance(700);
      gate.open();
      expect((await completed(observed)).ttftMs).toBe(700);
    });

    it('stops reading when the observer is full and goes on when it asks', async () => {
      const big = wire.text('x'.repeat(60_000));
      const count = 300; // 18 MB: more than the sockets' buffers hold
      upstream.enqueue(streamOf(wire, [wire.start, ...Array.from({ length: count }, () => big), ...wire.end('stop')]));
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
      expect(textIn(observed.frames).length).toBe(count * 60_000);
    });

    it('goes on after an event that cannot be read', async () => {
      upstream.enqueue(streamOf(wire, [wire.start, wire.text('a'), wire.garbage, wire.text('b'), ...wire.end('stop')]));
      const observed = call(client, { stream: true });
      const { warnings } = await completed(observed);
      expect(textIn(observed.frames)).toBe('ab');
      expect(warnings).toContainEqual(expect.stringContaining('could not be read'));
    });

    it.each([
      ['cut', ['CUT']],
      ['ended early', []],
    ])('%s in the middle fails, with nothing to retry and no [DONE]', async (_name, end) => {
      const gate = new Gate();
      upstream.enqueue(streamOf(wire, [wire.start, wire.text('a'), gate, ...end]));
      const observed = call(client, { stream: true });
      await observed.received('"a"');
      gate.open();
      expect(await failed(observed)).toMatchObject({
        ...{ error: { code: 'upstream_error' }, started: true, retryable: false, upstreamStatus: 200 },
      });
      expect(textIn(observed.frames)).toBe('a');
    });

    it.each([
      ['cut', streamOf(wire, [wire.start, 'CUT'])],
      ['ended early', streamOf(wire, [wire.start])],
      ['HTML', htmlReply()],
      ['JSON', jsonReply({})],
      ['empty', streamOf(wire, [])],
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

    it('that reports an error fails by it, before content for another target', async () => {
      upstream.enqueue(
        streamOf(wire, [wire.start, ...wire.brokenOff]),
        streamOf(wire, [wire.start, wire.text('a'), ...wire.brokenOff]),
      );
      expect(await failed(call(client, { stream: true }))).toMatchObject({ started: false, retryable: true });
      const late = await failed(call(client, { stream: true }));
      expect(late).toMatchObject({ started: true, retryable: false });
      expect(late.error.message).toContain(wire.brokenOffBy);
      await Promise.all(upstream.requests.map((request) => request.finished));
    });
  });

  describe('a refusal', () => {
    it("of the request goes through in OpenAI's shape, in the vendor's words", async () => {
      upstream.enqueue(jsonReply(wire.refusal('messages: too many'), { status: 400 }));
      const { passthrough, ...outcome } = await failed(call(client, { stream: true }));
      expect(outcome).toMatchObject({ error: { code: 'invalid_request' }, retryable: false, upstreamStatus: 400 });
      expect(JSON.parse(passthrough?.body.toString() ?? '')).toMatchObject({
        error: { message: 'messages: too many', type: 'invalid_request_error', param: null },
      });
    });

    it.each([
      [{ 'retry-after': '7' }, 7_000],
      [{ 'retry-after-ms': '1500' }, 1_500],
      [{ 'retry-after': new Date(1_000_060_000).toUTCString() }, 60_000],
    ])('by a rate limit says when to come again (%p)', async (headers, expected) => {
      upstream.enqueue(jsonReply(wire.refusal('slow down'), { status: 429, headers }));
      expect(await failed(call(connect({}, new FakeClock(1_000_000_000))))).toMatchObject({
        ...{ error: { code: 'upstream_rate_limited' }, retryable: true, retryAfterMs: expected },
      });
    });

    it('of our key is no 401 of the client, and names no key', async () => {
      upstream.enqueue(jsonReply(wire.refusal('invalid key upstream-secret'), { status: 401 }));
      const { error, passthrough } = await failed(call(client));
      expect({ ...error, status: error.status, passthrough }).toMatchObject({ status: 502, passthrough: null });
      expect(error.message).not.toContain('upstream-secret');
    });

    it('never shows a secret of the configuration', async () => {
      client = connect({ headers: { 'x-own': 'header-secret' } });
      const said = wire.refusal('bad header-secret and upstream-secret');
      upstream.enqueue(jsonReply(said, { status: 400 }), jsonReply(said, { status: 500 }));
      for (let i = 0; i < 2; i++) {
        const { error, passthrough } = await failed(call(client));
        expect(`${error.message} ${passthrough?.body.toString() ?? ''}`).not.toMatch(/header-secret|upstream-secret/);
        expect(error.message).toContain('bad [redacted]');
      }
    });

    it('that is HTML, or endless, is worth another try if its status says so', async () => {
      upstream.enqueue(htmlReply(502), jsonReply({ message: 'x'.repeat(MAX_REFUSAL_BYTES * 20) }, { status: 503 }));
      for (const status of [502, 503]) {
        expect(await failed(call(client))).toMatchObject({
          upstreamStatus: status,
          retryable: true,
          passthrough: null,
        });
      }
    });
  });

  describe('a broken transport', () => {
    it('is worth another try: reset, refused', async () => {
      upstream.enqueue(resetConnection());
      expect(await failed(call(client))).toMatchObject({
        ...{ error: { code: 'upstream_error' }, retryable: true, upstreamStatus: null },
      });
      await upstream.refuseConnections();
      expect((await failed(call(client))).error.message).toBe('Provider p refused the connection.');
      await upstream.acceptConnections();
      expect((await completed(call(client))).status).toBe(200);
    });

    it('tells silence before the head from silence in the middle', async () => {
      client = connect({ timeouts: { headersMs: 40, idleMs: 60 } });
      upstream.enqueue(neverAnswer(), streamOf(wire, [wire.start, wire.text('a'), 'STALL']));
      const head = await failed(call(client));
      expect(head).toMatchObject({ error: { code: 'upstream_timeout' }, retryable: true, started: false });
      expect(head.error.message).toContain('40 ms');
      const middle = await failed(call(client, { stream: true }));
      expect(middle).toMatchObject({ error: { code: 'upstream_timeout' }, retryable: false, started: true });
      expect(middle.error.message).toContain('60 ms');
      await Promise.all(upstream.requests.map((request) => request.aborted));
    });

    it('at the deadline ends the call for good, but not a stream that has content', async () => {
      const clock = new FakeClock();
      client = connect({}, clock);
      const gate = new Gate();
      upstream.enqueue(neverAnswer(), streamOf(wire, [wire.start, wire.text('a'), gate, ...wire.end('stop')]));
      const silent = call(client, { timeoutMs: 5_000 });
      const request = await upstream.request();
      clock.advance(5_000);
      expect(await failed(silent)).toMatchObject({ error: { code: 'upstream_timeout' }, retryable: false });
      await request.aborted;
      const talking = call(client, { stream: true, timeoutMs: 5_000 });
      await talking.received('data:');
      clock.advance(60_000);
      gate.open();
      expect(await completed(talking)).toMatchObject({ finishReason: 'stop' });
    });

    it('cuts a stream that has content and no end', async () => {
      const clock = new FakeClock();
      upstream.enqueue(streamOf(wire, [wire.start, wire.text('a'), 'STALL']));
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
    it.each([
      ['while waiting for the head', neverAnswer(), false],
      ['while waiting for the head of a stream', neverAnswer(), true],
      ['before the first content of a stream', streamOf(wire, [wire.start, 'STALL']), true],
    ])('%s ends the upstream request at once', async (_name, script, stream) => {
      upstream.enqueue(script);
      const observed = call(client, { stream });
      const request = await upstream.request();
      observed.abort.abort();
      expect(await failed(observed)).toMatchObject({
        error: { code: 'client_closed' },
        retryable: false,
        started: false,
      });
      await request.aborted;
    });

    it('in the middle of a stream, or while it is held up, ends the upstream request at once', async () => {
      const endless = Array.from({ length: 300 }, () => wire.text('x'.repeat(60_000)));
      upstream.enqueue(
        streamOf(wire, [wire.start, wire.text('xxx'), 'STALL']),
        streamOf(wire, [wire.start, ...endless]),
      );
      for (const isHeld of [false, true]) {
        const observed = call(client, { stream: true });
        if (isHeld) observed.hold();
        await observed.received('xxx');
        observed.abort.abort();
        expect(await failed(observed)).toMatchObject({ error: { code: 'client_closed' }, started: true });
      }
      await Promise.all(upstream.requests.map((request) => request.aborted));
      await completed(call(client)); // the pool is not stuck
    });

    it('before the call sends nothing; a reason of the relay becomes the outcome', async () => {
      expect(await failed(call(client, { signal: AbortSignal.abort() }))).toMatchObject({
        error: { code: 'client_closed' },
      });
      expect(upstream.requests).toEqual([]);
      upstream.enqueue(neverAnswer());
      const observed = call(client);
      await upstream.request();
      observed.abort.abort(new RelayError('unavailable', 'The relay is shutting down.'));
      expect(await failed(observed)).toMatchObject({ error: { code: 'unavailable' } });
    });

    it('leaves no listener and no timer, nor does any other end', async () => {
      const clock = new FakeClock();
      const signal = new AbortController().signal;
      const remove = jest.spyOn(signal, 'removeEventListener');
      const add = jest.spyOn(signal, 'addEventListener');
      upstream.enqueue(wholeOf(wire, 'a'), talk(wire, 'a'), jsonReply({}, { status: 500 }), resetConnection());
      client = connect({}, clock);
      for (const stream of [false, true, false, false]) await call(client, { stream, signal }).outcome;
      await client.close();
      expect(remove.mock.calls.length).toBe(add.mock.calls.length);
      expect(clock.pending).toBe(0);
    });
  });

  it('uses a connection again, opens them ahead of need, and tells a new one by its connect time', async () => {
    const first = await completed(call(client));
    await new Promise((resolve) => setImmediate(resolve)); // undici lets a connection rest for a turn of the loop
    expect(first.connectMs).toBeGreaterThan(0);
    expect((await completed(call(client))).connectMs).toBeNull();
    const warmed = connect();
    expect(await warmed.warm?.(2, AbortSignal.timeout(10_000))).toBeNull();
    expect((await completed(call(warmed))).connectMs).toBeNull();
  });

  it('closes when the last call has ended and takes no more', async () => {
    const gate = new Gate();
    upstream.enqueue(gatedReply(gate, wholeOf(wire, 'late')));
    const observed = call(client);
    await upstream.request();
    const closed = client.close();
    expect((await failed(call(client))).retryable).toBe(true);
    gate.open();
    expect((await completed(observed)).status).toBe(200);
    await closed;
  });
});
