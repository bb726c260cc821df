import { type CollectedSpan, errorReply, OtlpCollector, ScriptedUpstream } from '@relay/testing';
import { RelayProcess } from './relay-process';
import { ACME_KEY, ask, testConfig } from './test-config';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${PARENT}-01`;
const [SERVER, CLIENT] = [2, 3];

describe('OpenTelemetry', () => {
  let upstream: ScriptedUpstream;
  let collector: OtlpCollector;
  let relay: RelayProcess;

  beforeAll(async () => {
    [upstream, collector] = await Promise.all([ScriptedUpstream.start(), OtlpCollector.start()]);
    relay = await RelayProcess.start({
      config: testConfig(upstream),
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=of-the-collector',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      },
    });
  }, 120_000);
  afterAll(async () => {
    await relay?.close();
    await Promise.all([upstream.close(), collector.close()]);
  });

  /** All spans of a request, by the relay's own id of it, once its root has arrived. */
  const spansOf = async (
    id: string | null,
  ): Promise<{ root: CollectedSpan; calls: CollectedSpan[]; all: CollectedSpan[] }> => {
    const isRoot = ({ attributes }: CollectedSpan): boolean => attributes['relay.trace_id'] === id;
    const spans = await collector.spansUntil((found) => found.some(isRoot));
    const root = spans.find(isRoot);
    if (!root) throw new Error(`no span of ${id}`);
    const all = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
    return { root, all, calls: all.filter(({ kind }) => kind === CLIENT) };
  };

  it('is told of a stream of the official client, below its own span, and so is the provider', async () => {
    const { data, response } = await relay
      .openai(ACME_KEY)
      .chat.completions.create(
        { ...ask('a prompt that stays here', { temperature: 0.5 }), stream: true },
        { headers: { traceparent, tracestate: 'vendor=1' } },
      )
      .withResponse();
    for await (const _chunk of data);
    const { root, all, calls } = await spansOf(response.headers.get('x-relay-trace-id'));
    expect(root).toMatchObject({ kind: SERVER, name: 'chat small', traceId: TRACE, parentSpanId: PARENT });
    expect(root.traceState).toBe('vendor=1');
    expect(root.resource).toMatchObject({ 'service.name': 'llm-relay', 'deployment.environment.name': 'test' });
    expect(root.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'small',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': expect.any(Number),
      'relay.tenant': 'acme',
      'relay.cache': 'miss',
    });
    expect(all.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['auth', 'parse', 'plan', 'cache', 'chat mock-small']),
    );
    for (const span of all) {
      expect(span.startNs).toBeGreaterThanOrEqual(root.startNs);
      expect(span.endNs).toBeLessThanOrEqual(root.endNs);
    }
    expect(upstream.requests.at(-1)?.headers['traceparent']).toBe(`00-${TRACE}-${calls[0]?.spanId}-01`);
    expect(collector.requests.map(({ rawBody }) => rawBody.toString()).join()).not.toContain(
      'a prompt that stays here',
    );
    expect(collector.requests[0]?.headers['x-api-key']).toBe('of-the-collector');
  });

  it('finds a hit of the cache without a call, and each of several calls with its fault', async () => {
    const hit = await relay.post(ACME_KEY, ask('asked twice'));
    await hit.text();
    const again = await relay.post(ACME_KEY, ask('asked twice'));
    await again.text();
    const served = await spansOf(again.headers.get('x-relay-trace-id'));
    expect(served.calls).toEqual([]);
    expect(served.root.attributes['relay.cache']).toBe('exact-l1');
    expect(served.root.traceId).toBe(again.headers.get('x-relay-trace-id')?.replaceAll('-', ''));

    upstream.enqueue(errorReply(500, 'not now'));
    const tried = await relay.post(ACME_KEY, ask('after a failure'));
    await tried.text();
    const { calls, root } = await spansOf(tried.headers.get('x-relay-trace-id'));
    expect(calls.map(({ status, attributes }) => [status.code, attributes['error.type']])).toEqual([
      [2, 'upstream_error'],
      [0, undefined],
    ]);
    expect(root.status.code).toBe(0);
  });

  it('is named in the trace of the relay, and counted in its metrics', async () => {
    const reply = await relay.post(ACME_KEY, ask('where is it'), { traceparent });
    await reply.text();
    const id = reply.headers.get('x-relay-trace-id');
    const { root } = await spansOf(id);
    const detail = await (await relay.admin()).trace(id);
    expect(detail.stages.find(({ name }) => name === 'auth')?.attributes).toEqual({
      ...{ w3cTraceId: TRACE, w3cSpanId: root.spanId },
    });
    const metrics = await (await fetch(`${relay.url}/metrics`)).text();
    expect(metrics).toMatch(/^relay_otlp_traces_total\{outcome="exported"\} [1-9]/m);
    expect(metrics).toMatch(/^relay_otlp_traces_total\{outcome="failed"\} 0$/m);
  });

  it('does not hold up a relay whose collector is gone', async () => {
    await collector.goAway();
    const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => relay.post(ACME_KEY, ask(`gone ${n}`))));
    expect(replies.map(({ status }) => status)).toEqual(Array<number>(20).fill(200));
    await Promise.all(replies.map((reply) => reply.text()));
    await collector.comeBack();
    const back = await relay.post(ACME_KEY, ask('back again'));
    await back.text();
    await spansOf(back.headers.get('x-relay-trace-id'));
  });
});
