import { Cancellation, type Clock, systemClock } from '@relay/core';
import { completionJson, errorReply, FakeClock, neverAnswer, ScriptedBatches, ScriptedUpstream } from '@relay/testing';
import { providerConfig } from '../testing/call-harness';
import { AnthropicBatchApi } from './anthropic.batch-api';
import { type BatchApi, BatchApiRefusal, type Bundle, changedNothing, type HandedResult } from './batch-api.port';
import { OpenaiBatchApi } from './openai.batch-api';

const GOES_ON = new Cancellation();
const REF = '0123456789abcdef';
const message = {
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'up', stop_reason: 'end_turn' },
  ...{ content: [{ type: 'text', text: 'Hello' }], usage: { input_tokens: 11, output_tokens: 3 } },
};
const PROTOCOLS = {
  openai: {
    operation: 'chat',
    make: (baseUrl: string, clock: Clock) =>
      new OpenaiBatchApi(providerConfig({ baseUrl, apiKey: 'the-provider-key', batchApi: 'openai' }), clock),
    answer: completionJson('Hello'),
    refusal: { error: { message: 'too long', type: 'invalid_request_error' } },
    finds: true,
  },
  anthropic: {
    operation: 'messages',
    make: (baseUrl: string, clock: Clock) =>
      new AnthropicBatchApi(
        providerConfig({ kind: 'anthropic', baseUrl, apiKey: 'the-provider-key', batchApi: 'anthropic' }),
        clock,
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
    api = make(upstream.baseUrl, systemClock);
  });
  afterEach(async () => {
    await api.close();
    await upstream.close();
  });

  const submit = async (all: Bundle) => api.submit(all, await api.upload(all, GOES_ON));
  const bundle = (...bodies: string[]) => ({
    ...{ ref: REF, operation },
    lines: bodies.map((body, n) => ({ id: `${REF}-${n}`, body: Buffer.from(body) })),
  });
  const resultsOf = async (...[batch]: [Parameters<BatchApi['results']>[0]]): Promise<(HandedResult | null)[]> => {
    const chunks: Buffer[] = [];
    for await (const chunk of api.results(batch, GOES_ON)) chunks.push(chunk);
    const lines = Buffer.concat(chunks).toString().split('\n').filter(Boolean);
    return lines.map((line) => api.readResult(Buffer.from(line)));
  };

  it('hands lines in with the key of the provider, a line each, whatever they look like', async () => {
    await submit(bundle('{"model":"up",\n  "n": 1.10}', '{"model":"up"}'));
    expect(provider.batches[0]?.lines).toEqual([
      { id: `${REF}-0`, body: { model: 'up', n: 1.1 } },
      { id: `${REF}-1`, body: { model: 'up' } },
    ]);
    for (const { headers } of upstream.requests)
      expect(headers[protocol === 'openai' ? 'authorization' : 'x-api-key']).toContain('the-provider-key');
    if (finds) expect(upstream.requests[0]?.rawBody.toString()).toContain('"n": 1.10'); // as it stood
  });

  it('tells how far a batch is, reads what came of it, and removes what the provider keeps', async () => {
    const ref = await submit(bundle('{"model":"a"}', '{"model":"b"}', '{"model":"c"}', '{"model":"d"}'));
    expect(await api.poll(ref, GOES_ON)).toEqual({ kind: 'running' });
    const says = [{ status: 200, body: answer }, { status: 400, body: refusal }, 'no json {', null];
    const [batch] = provider.batches;
    if (!batch) throw new Error('nothing was handed in');
    provider.end(batch, protocol === 'openai' ? 'expired' : 'ended', ({ id }) => says[Number(id.at(-1))] ?? null);
    const state = await api.poll(ref, GOES_ON);
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
    await api.forget(state.batch, GOES_ON);
    expect(protocol === 'openai' ? provider.files.size : batch.removed).toBe(protocol === 'openai' ? 0 : true);
  });

  it('says that a batch is lost which the provider does not know', async () => {
    const ref = await submit(bundle('{}'));
    provider.lose(provider.batches[0] as never);
    expect(await api.poll(ref, GOES_ON)).toEqual({ kind: 'lost' });
    await api.cancel(ref, GOES_ON); // of no effect
  });

  it('cancels', async () => {
    const ref = await submit(bundle('{}'));
    await api.cancel(ref, GOES_ON);
    expect(provider.batches[0]?.cancelled).toBe(true);
  });

  it(finds ? 'finds one again by its name' : 'cannot find one again', async () => {
    const ref = await submit(bundle('{}'));
    expect(await api.find(REF, GOES_ON)).toEqual(finds ? ref : null);
    expect(await api.find('another', GOES_ON)).toBeNull();
  });

  it('tells a refusal that is for good from one that is for now, and keeps the key to itself', async () => {
    upstream.enqueue(errorReply(401, 'bad key the-provider-key'), errorReply(429, 'slow down'));
    const said = async (): Promise<unknown> => submit(bundle('{}')).catch((error: unknown) => error);
    const [refused, limited] = [await said(), await said()];
    expect(refused).toMatchObject({ status: 401, isFinal: true });
    expect(String(refused)).not.toContain('the-provider-key');
    expect(limited).toBeInstanceOf(BatchApiRefusal);
    expect(limited).toMatchObject({ isFinal: false });
  });

  it('removes what is there of a batch that came to nothing', async () => {
    await api.forget({ id: null, files: await api.upload(bundle('{}'), GOES_ON) }, GOES_ON);
    expect([provider.files.size, provider.batches.length]).toEqual([0, 0]);
  });

  it('tells what changed nothing from what may have made a batch', async () => {
    upstream.enqueue(...[429, 503, 500, 504].map((status) => errorReply(status, 'no')));
    const nowhere = make('http://127.0.0.1:1/v1', systemClock);
    const said = async (by = api): Promise<unknown> => by.submit(bundle('{}'), ['in']).catch((error: unknown) => error);
    const all = [await said(), await said(), await said(), await said(), await said(nowhere)];
    expect(all.map(changedNothing)).toEqual([true, true, false, false, true]);
    await nowhere.close();
  });

  it('is not kept waiting by a provider that says nothing, or nobody wants to hear', async () => {
    const clock = new FakeClock();
    const patient = make(upstream.baseUrl, clock);
    upstream.enqueue(neverAnswer(), neverAnswer());
    const stop = new Cancellation();
    const calls = [patient.poll({ id: 'there', files: [] }, GOES_ON), patient.poll({ id: 'there', files: [] }, stop)];
    const settled = calls.map((call) => call.catch(String));
    await clock.advanceAsync(1_000);
    stop.abort();
    expect(await settled[1]).toContain('was broken off');
    await clock.advanceAsync(14_000);
    expect(await settled[0]).toContain('took more than 15 s');
    await patient.close();
  });

  it('takes a page instead of a result for what it is', () => {
    const html = { status: 200, body: Buffer.from('<html>') };
    expect(api.outcome(operation, html)).toMatchObject({ kind: 'failed', error: { code: 'upstream_error' } });
  });
});
