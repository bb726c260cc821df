import { RelayError } from '@relay/core';
import type { UpstreamRequest } from '../ports/upstream-client.port';
import { upstreamBody } from './request-body';

describe('upstreamBody', () => {
  const request = (text: string, overrides: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
    operation: 'chat',
    contentType: 'application/json',
    model: 'gpt-x',
    body: Buffer.from(text),
    patch: {},
    stream: false,
    clientWantsUsage: false,
    requestId: 'r',
    timeoutMs: 1,
    signal: new AbortController().signal,
    ...overrides,
  });
  const sent = (text: string, overrides: Partial<UpstreamRequest> = {}): string => {
    const body = upstreamBody(request(text, overrides));
    return body.ok ? body.value.toString() : body.error.code;
  };

  it('gives back the very bytes of a body that needs no change', () => {
    const plain = request('{"messages":[], "model": "gpt-x"}');
    const stream = { ...plain, stream: true, clientWantsUsage: true };
    for (const each of [plain, stream]) {
      const body = upstreamBody(each);
      expect(body.ok && body.value).toBe(each.body);
    }
  });

  it('sets the model, wherever it is written', () => {
    expect(sent('{"model":"auto"}')).toBe('{"model":"gpt-x"}');
    expect(sent('{"model":"other","model":"gpt-x"}')).toBe('{"model":"gpt-x","model":"gpt-x"}');
    expect(sent('{"\\u006dodel":"other","model":"gpt-x"}')).toBe('{"\\u006dodel":"gpt-x","model":"gpt-x"}');
  });

  it('applies the patch and asks a stream for usage', () => {
    expect(sent('{"model":"gpt-x","n":1}', { patch: { n: undefined, max_tokens: 5 } })).toBe(
      '{"model":"gpt-x","max_tokens":5}',
    );
    expect(sent('{"model":"gpt-x"}', { stream: true })).toBe(
      '{"model":"gpt-x","stream_options":{"include_usage":true}}',
    );
  });

  describe('for a server that takes less than OpenAI', () => {
    const mistral = { streamOptions: false, oldTokenCap: true } as const;
    const told = (text: string, overrides: Partial<UpstreamRequest> = {}): unknown => {
      const body = upstreamBody(request(text, overrides), mistral);
      return body.ok ? JSON.parse(body.value.toString()) : body.error.code;
    };

    it('leaves out stream options, whoever set them', () => {
      const text = '{"model":"gpt-x","stream":true,"stream_options":{"include_usage":true}}';
      expect(told(text, { stream: true, clientWantsUsage: true })).toEqual({ model: 'gpt-x', stream: true });
      expect(told('{"model":"gpt-x"}', { stream: true })).toEqual({ model: 'gpt-x' });
    });

    it('says the cap of the answer by its old name, also that of a policy', () => {
      expect(told('{"max_completion_tokens":9}')).toEqual({ model: 'gpt-x', max_tokens: 9 });
      expect(told('{"max_completion_tokens":9}', { patch: { max_completion_tokens: 5 } })).toEqual({
        model: 'gpt-x',
        max_tokens: 5,
      });
      expect(told('{"max_completion_tokens":null,"max_tokens":3}')).toEqual({ model: 'gpt-x', max_tokens: 3 });
      expect(told('{"max_tokens":3}')).toEqual({ model: 'gpt-x', max_tokens: 3 });
    });

    it('gives back the very bytes where there is nothing to change', () => {
      const plain = request('{"messages":[], "model": "gpt-x"}');
      const body = upstreamBody(plain, mistral);
      expect(body.ok && body.value).toBe(plain.body);
    });
  });

  it('refuses what is no object', () => {
    const body = upstreamBody(request('[{"model":"gpt-x"}]'));
    expect(!body.ok && body.error).toBeInstanceOf(RelayError);
  });
});
