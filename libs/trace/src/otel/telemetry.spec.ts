import { ConfigStore, environmentSchema, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { type CollectedSpan, errorReply, FakeClock, Gate, gatedReply, jsonReply, OtlpCollector } from '@relay/testing';
import { aTrace } from '../../test/trace-record.builder';
import { Metrics } from '../metrics/metrics';
import { Telemetry } from './telemetry.service';
import { MAX_QUEUED_TRACES } from './trace-feed';

const AT = Date.UTC(2026, 2, 1, 12);
const PARENT = { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7' };
const traceparent = `00-${PARENT.trace}-${PARENT.span}-01`;
const [SERVER, CLIENT] = [2, 3];
const policy = policyDocumentSchema.parse({ name: 'default', version: 1 });

function configOf(otlp: object | null): RelayConfig {
  const providers = [{ id: 'mock', kind: 'mistral', baseUrl: 'https://user:secret@mistral.test/v1?key=secret' }];
  const config = relayConfigSchema.parse({ providers, ...(otlp ? { telemetry: { otlp } } : {}) });
  return { ...config, policy };
}

describe('telemetry', () => {
  let collector: OtlpCollector;
  let metrics: Metrics;
  let store: ConfigStore;
  let telemetry: Telemetry;

  const start = (otlp: object | null): void => {
    metrics = new Metrics();
    store = new ConfigStore(configOf(otlp), 'relay.yaml');
    telemetry = new Telemetry(store, metrics, environmentSchema.parse({}), new FakeClock());
    for (const level of ['log', 'warn'] as const) jest.spyOn(telemetry['logger'], level).mockReturnValue(undefined);
  };
  const exported = async (...records: ReturnType<typeof aTrace>[]): Promise<CollectedSpan[]> => {
    for (const record of records) telemetry.note(record, { request: '{"secret":"prompt"}', response: 'secret answer' });
    await telemetry.flush();
    return collector.spans;
  };
  const span = (spans: readonly CollectedSpan[], kind: number): CollectedSpan => {
    const found = spans.find((each) => each.kind === kind);
    if (!found) throw new Error(`no span of kind ${kind}`);
    return found;
  };

  beforeEach(async () => {
    collector = await OtlpCollector.start();
    start({ endpoint: collector.endpoint, headers: { 'x-api-key': 'of-the-collector' }, timeoutMs: 500 });
  });
  afterEach(() => collector.close());

  it('sends a request, its stages and its calls to the collector, times and parents right', async () => {
    const record = aTrace(AT, {
      stages: [
        ['plan', 0.25, 0.5, { rules: 3, none: null }],
        ['upstream', 1, 33],
      ],
    });
    const spans = await exported(record);
    expect(collector.requests[0]).toMatchObject({ method: 'POST', path: '/v1/traces' });
    expect(collector.requests[0]?.headers['x-api-key']).toBe('of-the-collector');
    const root = span(spans, SERVER);
    expect(root).toMatchObject({ name: 'chat.completions small', parentSpanId: undefined, status: { code: 0 } });
    expect(root.traceId).toBe(record.id.replaceAll('-', ''));
    expect(root.startNs).toBe(BigInt(AT) * 1_000_000n);
    expect(root.endNs - root.startNs).toBe(34_250_000n);
    const plan = spans.find(({ name }) => name === 'plan');
    expect(plan).toMatchObject({ parentSpanId: root.spanId, attributes: { 'relay.plan.rules': 3 } });
    expect(plan && plan.startNs - root.startNs).toBe(250_000n);
    const call = span(spans, CLIENT);
    expect(call).toMatchObject({ name: 'chat.completions mock-small', parentSpanId: root.spanId });
    expect([call.startNs - root.startNs, call.endNs - call.startNs]).toEqual([500_000n, 33_000_000n]);
    expect(spans).toHaveLength(3); // the stage of the call is the call
    expect(root.resource).toMatchObject({ 'service.name': 'llm-relay' });
  });

  it('claims no temperature that nobody chose', async () => {
    const [root] = await exported(aTrace(AT, { features: { 'request.temperature': 1 } }));
    expect(root?.attributes).not.toHaveProperty(['gen_ai.request.temperature']);
  });

  it('speaks the GenAI conventions', async () => {
    const features = { 'request.temperature': 0.5, 'request.maxTokens': 64 };
    const [root, call] = await exported(
      aTrace(AT, { endpoint: '/v1/chat/completions', features, finishReason: 'stop', stages: [], stream: true }),
    );
    expect(root?.name).toBe('chat small');
    expect(root?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'mistral_ai',
      'gen_ai.request.model': 'small',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.response.model': 'small',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': 0.0125,
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 40,
      'gen_ai.usage.output_tokens': 50,
      'http.response.status_code': 200,
      'relay.tenant': 'acme',
      'relay.cost_usd': '0.00045',
    });
    expect(call?.attributes).toMatchObject({
      ...{ 'gen_ai.provider.name': 'mistral_ai', 'gen_ai.request.model': 'mock-small' },
      ...{ 'server.address': 'mistral.test', 'server.port': 443, 'relay.provider': 'mock' },
    });
  });

  it('tells neither prompts nor messages of errors nor keys', async () => {
    await exported(aTrace(AT, { error: 'secret words of the prompt', status: 'error', errorCode: 'invalid_request' }));
    expect(collector.requests[0]?.rawBody.toString()).not.toContain('secret');
  });

  it('tells prompt and answer where that is wanted', async () => {
    start({ endpoint: collector.endpoint, payloads: true });
    const request = JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }] });
    const response = JSON.stringify({
      choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    });
    telemetry.note(aTrace(AT), { request, response });
    telemetry.note(aTrace(AT), { request: 'x'.repeat(16_385), response: 'no JSON' });
    telemetry.note(aTrace(AT), null); // nothing is kept of it
    await telemetry.flush();
    const [first, second, third] = collector.spans.filter(({ kind }) => kind === SERVER).map((each) => each.attributes);
    expect(JSON.parse(String(first?.['gen_ai.input.messages']))).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Hello' }] },
    ]);
    expect(JSON.parse(String(first?.['gen_ai.output.messages']))).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'Hi' }], finish_reason: 'stop' },
    ]);
    expect(second).toMatchObject({
      'relay.payload.request.left_out_chars': 16_385,
      'relay.payload.response': 'no JSON',
    });
    expect(Object.keys(third ?? {}).filter((name) => /payload|messages/.test(name))).toEqual([]);
  });

  it('tells errors by their code: those of the relay and its providers, not those of the client', async () => {
    const attempts = [
      { ...aTrace(0).attempts[0], outcome: 'upstream_error', upstreamStatus: 500, startMs: 0 },
      { ...aTrace(0).attempts[0], outcome: 'hedge_lost', startMs: 1 },
      { ...aTrace(0).attempts[0], outcome: 'breaker_open', startMs: 2 },
      { ...aTrace(0).attempts[0], outcome: 'out_of_service', startMs: 3 },
    ] as ReturnType<typeof aTrace>['attempts'];
    const failed = { status: 'error', httpStatus: 502, errorCode: 'upstream_error', attempts, stages: [] } as const;
    const refused = { status: 'rejected', httpStatus: 429, errorCode: 'overloaded', attempts: [], stages: [] } as const;
    const spans = await exported(aTrace(AT, failed), aTrace(AT, refused));
    const told = spans.map(({ kind, status, attributes }) => [kind, status.code, attributes['error.type']]);
    expect(told).toEqual([
      [SERVER, 2, 'upstream_error'],
      [CLIENT, 2, 'upstream_error'],
      [CLIENT, 0, undefined],
      [SERVER, 0, 'overloaded'],
    ]);
    expect(spans[0]?.events).toEqual(expect.arrayContaining(['relay.breaker_open', 'relay.out_of_service']));
  });

  it('is a child of the span of the client, and not sampled where the client is not', async () => {
    const sampled = aTrace(AT, { traceparent, tracestate: 'vendor=1' });
    const spans = await exported(sampled, aTrace(AT, { traceparent: traceparent.replace(/1$/, '0') }));
    const roots = spans.filter(({ kind }) => kind === SERVER);
    expect(roots).toMatchObject([{ traceId: PARENT.trace, parentSpanId: PARENT.span, traceState: 'vendor=1' }]);
    expect(roots[0]?.attributes['relay.trace_id']).toBe(sampled.id);
    expect(telemetry.idsOf({ traceId: sampled.id, traceparent })).toEqual({
      ...{ w3cTraceId: PARENT.trace, w3cSpanId: roots[0]?.spanId },
    });
  });

  it('tells a provider the span of the call that it gets', async () => {
    const record = aTrace(AT, { traceparent, tracestate: 'vendor=1' });
    const call = { provider: 'mock', model: 'mock-small', startMs: 0.5 };
    const headers = telemetry.outgoing({ traceId: record.id, traceparent, tracestate: 'vendor=1' }, call);
    const { spanId } = span(await exported(record), CLIENT);
    expect(headers).toEqual({ traceparent: `00-${PARENT.trace}-${spanId}-01`, tracestate: 'vendor=1' });
  });

  it('is off without an endpoint, and switched with the configuration', async () => {
    start(null);
    const source = { traceId: aTrace(AT).id, traceparent };
    expect(await exported(aTrace(AT))).toEqual([]);
    expect(telemetry.outgoing(source, { provider: 'mock', model: 'm', startMs: 0 })).toBeNull();
    expect(telemetry.idsOf(source)).toBeUndefined();
    store.replace(configOf({ endpoint: collector.endpoint, propagate: false }));
    expect(await exported(aTrace(AT))).not.toEqual([]);
    expect(telemetry.outgoing(source, { provider: 'mock', model: 'm', startMs: 0 })).toBeNull();
    store.replace(configOf(null));
    telemetry.note(aTrace(AT), null);
    expect(await metrics.render()).toContain('relay_otlp_queued 0');
  });

  it.each([
    ['an error', () => errorReply(500, 'no')],
    ['more than it takes', () => errorReply(429, 'no', { 'retry-after': '60' })],
    ['a refusal', () => errorReply(401, 'no')],
  ])('counts what the collector answers with %s, and goes on', async (_, script) => {
    collector.enqueue(script());
    await exported(aTrace(AT));
    await exported(aTrace(AT));
    const text = await metrics.render();
    expect(text).toContain('relay_otlp_traces_total{outcome="failed"} 1');
    expect(text).toContain('relay_otlp_traces_total{outcome="exported"} 1');
  });

  it('counts what did not leave while the collector was away', async () => {
    await collector.goAway();
    await exported(aTrace(AT));
    expect(await metrics.render()).toContain('relay_otlp_traces_total{outcome="failed"} 1');
    await collector.comeBack();
    expect(await exported(aTrace(AT))).not.toEqual([]);
  });

  it('takes no more than it can hold while the collector is silent', async () => {
    const gate = new Gate();
    collector.enqueue(gatedReply(gate, jsonReply({})));
    start({ endpoint: collector.endpoint });
    telemetry.note(aTrace(AT), null);
    const flushed = telemetry.flush();
    await collector.request();
    for (let n = 0; n < MAX_QUEUED_TRACES + 5; n++) telemetry.note(aTrace(AT), null);
    expect(await metrics.render()).toContain('relay_otlp_traces_total{outcome="queue_full"} 5');
    gate.open();
    await flushed;
    expect(await metrics.render()).toContain(`relay_otlp_traces_total{outcome="exported"} ${MAX_QUEUED_TRACES + 1}`);
  });
});
