import { systemClock } from '@relay/core';
import { completionJson, ScriptedBatches, ScriptedUpstream, errorReply } from '@relay/testing';
import { providerConfig } from '../testing/call-harness';
import { AnthropicBatchApi } from './anthropic.batch-api';
import { type BatchApi, BatchApiRefusal, type HandedResult } from './batch-api.port';
import { OpenaiBatchApi } from './openai.batch-api';

const REF = '0123456789abcdef';
const message = {
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'up', stop_reason: 'end_turn' },
  ...{ content: [{ type: 'text', text: 'Hello' }], usage: { input_tokens: 11, output_tokens: 3 } },
};
const PROTOCOLS = {
  openai: {
    operation: 'chat',
    make: (baseUrl: string) =>
      new OpenaiBatchApi(providerConfig({ baseUrl, apiKey: 'the-provider-key', batchApi: 'openai' }), systemClock),
    answer: completionJson('Hello'),
    refusal: { error: { message: 'too long', type: 'invalid_request_error' } },
    finds: true,
  },
  anthropic: {
    operation: 'messages',
    make: (baseUrl: string) =>
      new AnthropicBatchApi(
        providerConfig({ kind: 'anthropic', baseUrl, apiKey: 'the-provider-key', batchApi: 'anthropic' }),
        systemClock,
      ),
    answer: message,
    refusal: { type: 'error', error: { type: 'invalid_request_error', message: 'too long' } },
    finds: false,
  },
} as const;

describe.each(['openai', 'anthropic'] as const)('batches as %s has them', (protocol) => {
  const { operation, make, answer, refusal, finds } = PROTOCOLS[protocol];
  let provider: ScriptedBatches;
  let upstream: ScriptedUpstream;
  let api: BatchApi;
  beforeEach(async () => {
    provider = new ScriptedBatches(protocol);
    upstream = await ScriptedUpstream.start(provider.handle);
    api = make(upstream.baseUrl);
  });
  afterEach(async () => {
    await api.close();
    await upstream.close();
  });

  const bundle = (...bodies: string[]) => ({
    ...{ ref: REF, operation },
    lines: bodies.map((body, n) => ({ id: `${REF}-${n}`, body: Buffer.from(body) })),
  });
  const resultsOf = async (...[batch]: Parameters<BatchApi['results']>): Promise<(HandedResult | null)[]> => {
    const chunks: Buffer[] = [];
    for await (const chunk of api.results(batch)) chunks.push(chunk);
    const lines = Buffer.concat(chunks).toString().split('\n').filter(Boolean);
    return lines.map((line) => api.readResult(Buffer.from(line)));
  };

  it('hands lines in with the key of the provider, a line each, whatever they look like', async () => {
    await api.submit(bundle('{"model":"up",\n  "n": 1.10}', '{"model":"up"}'));
    expect(provider.batches[0]?.lines).toEqual([
      { id: `${REF}-0`, body: { model: 'up', n: 1.1 } },
      { id: `${REF}-1`, body: { model: 'up' } },
    ]);
    for (const { headers } of upstream.requests)
      expect(headers[protocol === 'openai' ? 'authorization' : 'x-api-key']).toContain('the-provider-key');
    if (finds) expect(upstream.requests[0]?.rawBody.toString()).toContain('"n": 1.10'); // as it stood
  });

  it('tells how far a batch is, reads what came of it, and removes what the provider keeps', async () => {
    const ref = await api.submit(bundle('{"model":"a"}', '{"model":"b"}', '{"model":"c"}', '{"model":"d"}'));
    expect(await api.poll(ref)).toEqual({ kind: 'running' });
    const says = [{ status: 200, body: answer }, { status: 400, body: refusal }, 'no json {', null];
    const [batch] = provider.batches;
    if (!batch) throw new Error('nothing was handed in');
    provider.end(batch, protocol === 'openai' ? 'expired' : 'ended', ({ id }) => says[Number(id.at(-1))] ?? null);
    const state = await api.poll(ref);
    if (state.kind !== 'ended') throw new Error(`it is ${state.kind}`);
    const results = (await resultsOf(state.batch)).filter((each) => each !== null);
    expect(results.map(({ id, status }) => [id, status])).toEqual([
      [`${REF}-0`, 200],
      [`${REF}-1`, 400],
    ]);
    expect(JSON.parse(results[0]?.body.toString() ?? '')).toEqual(answer);
    expect(results.map((result) => api.outcome(operation, result))).toMatchObject([
      { kind: 'completed', status: 200, usage: { inputTokens: 11, outputTokens: 3 } },
      { kind: 'failed', upstreamStatus: 400, passthrough: { status: 400 }, error: { code: 'invalid_request' } },
    ]);
    await api.forget(state.batch);
    expect(provider.files.size === 0 || protocol === 'anthropic').toBe(true);
  });

  it('says that a batch is lost which the provider does not know', async () => {
    const ref = await api.submit(bundle('{}'));
    provider.lose(provider.batches[0] as never);
    expect(await api.poll(ref)).toEqual({ kind: 'lost' });
    await api.cancel(ref); // of no effect
  });

  it('cancels', async () => {
    const ref = await api.submit(bundle('{}'));
    await api.cancel(ref);
    expect(provider.batches[0]?.cancelled).toBe(true);
  });

  it(finds ? 'finds one again by its name' : 'cannot find one again', async () => {
    const ref = await api.submit(bundle('{}'));
    expect(await api.find(REF)).toEqual(finds ? ref : null);
    expect(await api.find('another')).toBeNull();
  });

  it('tells a refusal that is for good from one that is for now, and keeps the key to itself', async () => {
    upstream.enqueue(errorReply(401, 'bad key the-provider-key'), errorReply(429, 'slow down'));
    const said = async (): Promise<unknown> => api.submit(bundle('{}')).catch((error: unknown) => error);
    const [refused, limited] = [await said(), await said()];
    expect(refused).toMatchObject({ status: 401, isFinal: true });
    expect(String(refused)).not.toContain('the-provider-key');
    expect(limited).toBeInstanceOf(BatchApiRefusal);
    expect(limited).toMatchObject({ isFinal: false });
  });

  it('takes a page instead of a result for what it is', () => {
    const html = { status: 200, body: Buffer.from('<html>') };
    expect(api.outcome(operation, html)).toMatchObject({ kind: 'failed', error: { code: 'upstream_error' } });
  });
});
