import { systemClock } from '@relay/core';
import {
  completionJson,
  deltaFrame,
  doneFrame,
  errorReply,
  jsonReply,
  neverAnswer,
  ScriptedUpstream,
  sseReply,
  streamFrames,
  usageFrame,
} from '@relay/testing';
import { type ChatTranslation, protocolOf } from '@relay/protocols';
import type { UpstreamClient, UpstreamOutcome } from '../../ports/upstream-client.port';
import { call, completed, failed, providerConfig, type ObservedCall } from '../../testing/call-harness';
import { createOpenaiClient } from '../openai/openai.adapter';
import { inAllProtocols } from './translating.client';

const MEGABYTE = 1_048_576;
/** As in libs/protocols: an event of more cannot be translated. */
const TOO_MANY_MEGABYTES = 33;

describe('a provider that speaks only chat, asked in messages', () => {
  let upstream: ScriptedUpstream;
  let client: UpstreamClient;

  const ask = (more: object = {}, overrides: Parameters<typeof call>[1] = {}): ObservedCall => {
    const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...more };
    return call(client, { operation: 'messages', body: Buffer.from(JSON.stringify(body)), ...overrides });
  };

  beforeEach(async () => {
    upstream = await ScriptedUpstream.start();
    client = inAllProtocols(createOpenaiClient(providerConfig({ baseUrl: upstream.baseUrl }), systemClock));
  });
  afterEach(async () => {
    await client.close();
    await upstream.close();
  });

  it('is asked in chat, without the headers of another protocol, with what the plan changes', async () => {
    upstream.enqueue(jsonReply(completionJson('Hello')));
    const headers = { 'anthropic-version': '2023-06-01' };
    const outcome = await completed(ask({}, { headers, patch: { max_tokens: 5, temperature: 0 } }));
    expect(JSON.parse(outcome.body.toString())).toMatchObject({ type: 'message', content: [{ text: 'Hello' }] });
    expect(outcome.usage).toMatchObject({ inputTokens: 11, outputTokens: 3 });
    const [seen] = upstream.requests;
    expect(seen?.path).toBe('/v1/chat/completions');
    expect(seen?.json()).toMatchObject({ model: 'mock-model', max_tokens: 5, temperature: 0 });
    expect(seen?.headers).not.toHaveProperty('anthropic-version');
  });

  it('ends its stream in the words of messages, after the content', async () => {
    upstream.enqueue(sseReply(streamFrames(['Hel', 'lo'])));
    const observed = ask({ stream: true }, { stream: true });
    const { tail, usage } = await completed(observed);
    expect(Buffer.concat(observed.frames).toString()).toContain('"text":"Hel"');
    expect(tail.toString()).toMatch(/event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/);
    expect(usage).toMatchObject({ outputTokens: 3 });
  });

  it('says what it refused in the shape of messages', async () => {
    upstream.enqueue(errorReply(400, 'too long'));
    const { passthrough } = await failed(ask());
    expect(JSON.parse(passthrough?.body.toString() ?? '')).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining('too long') as string },
    });
  });

  it('is not called for what chat cannot say', async () => {
    const outcome = await failed(ask({ mcp_servers: [{ type: 'url' }] }));
    expect(outcome).toMatchObject({ started: false, error: { code: 'invalid_request', param: 'mcp_servers' } });
    expect(upstream.requests).toEqual([]);
  });

  it('fails, and its call ends, where an event is too long to be told', async () => {
    const long = Array.from({ length: TOO_MANY_MEGABYTES }, () => 'x'.repeat(MEGABYTE));
    upstream.enqueue(sseReply([deltaFrame({ content: 'a' }), 'data: {"choices":"', ...long, '"}\n\n', 'STALL']));
    const observed = ask({ stream: true }, { stream: true });
    expect(await failed(observed)).toMatchObject({
      started: true,
      retryable: false,
      error: { code: 'upstream_error' },
    });
    await upstream.requests[0]?.aborted;
    upstream.enqueue(sseReply([deltaFrame({ content: 'b' }, 'stop'), usageFrame(), doneFrame()]));
    await completed(ask({ stream: true }, { stream: true }));
  });

  it('is left when its client leaves, and no listener stays', async () => {
    upstream.enqueue(neverAnswer());
    const observed = ask({ stream: true }, { stream: true });
    const request = await upstream.request();
    const remove = jest.spyOn(observed.abort.signal, 'removeEventListener');
    observed.abort.abort();
    expect(await failed(observed)).toMatchObject({ error: { code: 'client_closed' } });
    await request.aborted;
    expect(remove).toHaveBeenCalled();
  });

  describe('whose own client does what it should not', () => {
    const inFrontOf = (answer: () => Promise<UpstreamOutcome>): UpstreamClient =>
      inAllProtocols({
        providerId: 'p',
        kind: 'openai',
        operations: new Set(['chat']),
        call: answer,
        close: () => Promise.resolve(),
      });
    const usage = { inputTokens: 11, outputTokens: 3, cachedInputTokens: 0, reasoningTokens: 0 };
    const messages = protocolOf('messages') as unknown as { fromChat: ChatTranslation };

    it('fails where the answer cannot be understood, and tells what it took all the same', async () => {
      upstream.enqueue(jsonReply(completionJson('Hello')));
      const answer = await completed(call(client, {}));
      const odd = inFrontOf(() => Promise.resolve({ ...answer, body: Buffer.from('[1]'), usage }));
      const body = Buffer.from('{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}');
      expect(await failed(call(odd, { operation: 'messages', body }))).toMatchObject({
        error: { code: 'upstream_error' },
        retryable: true,
        started: false,
        upstreamStatus: 200,
        usage,
      });
    });

    it('fails where the translation does, and tells what the answer took all the same', async () => {
      const told = jest.spyOn(messages.fromChat, 'answer').mockImplementationOnce(() => {
        throw new TypeError('an answer that nobody thought of');
      });
      upstream.enqueue(jsonReply(completionJson('Hello')));
      expect(await failed(ask())).toMatchObject({
        ...{ error: { code: 'upstream_error' }, retryable: true },
        usage: { inputTokens: 11, outputTokens: 3 },
      });
      told.mockRestore();
    });

    it('leaves no listener behind where the call is rejected', async () => {
      const broken = inFrontOf(() => Promise.reject(new Error('a fault of the program')));
      const abort = new AbortController();
      const remove = jest.spyOn(abort.signal, 'removeEventListener');
      const body = Buffer.from(
        '{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}],"stream":true}',
      );
      const { outcome } = call(broken, { operation: 'messages', body, stream: true, signal: abort.signal });
      await expect(outcome).rejects.toThrow('a fault of the program');
      expect(remove).toHaveBeenCalledWith('abort', expect.any(Function));
    });
  });
});
