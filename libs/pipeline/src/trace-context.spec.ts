import { ScriptedUpstream } from '@relay/testing';
import { PipelineHarness, TRACE_ID } from '../test/pipeline-harness';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
const telemetry = { otlp: { endpoint: 'http://127.0.0.1:9' } };

describe('the trace context of a call', () => {
  let upstream: ScriptedUpstream;
  let relay: PipelineHarness;
  const start = async (config: object): Promise<void> => {
    upstream = await ScriptedUpstream.start();
    relay = await PipelineHarness.start({ upstreams: [upstream.baseUrl, upstream.baseUrl], config });
  };
  afterEach(async () => {
    await relay.close();
    await upstream.close();
  });

  it('is that of the client, with the span of the call', async () => {
    await start({ telemetry });
    await relay.send({ headers: { traceparent, tracestate: 'vendor=1' } });
    const { headers } = await upstream.request();
    expect(headers['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(headers['traceparent']).not.toBe(traceparent);
    expect(headers['tracestate']).toBe('vendor=1');
  });

  it('is one of the relay where the client has none, and stands on the trace', async () => {
    await start({ telemetry });
    await relay.send();
    expect((await upstream.request()).headers['traceparent']).toContain(`00-${TRACE_ID.replaceAll('-', '')}-`);
    expect(relay.recorder.records[0]?.stages[0]).toEqual([
      ...['auth', 0, 0],
      { w3cTraceId: TRACE_ID.replaceAll('-', ''), w3cSpanId: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ]);
  });

  it('is kept from providers while nothing is told a collector', async () => {
    await start({});
    await relay.send({ headers: { traceparent } });
    const { headers } = await upstream.request();
    expect([headers['traceparent'], headers['tracestate']]).toEqual([undefined, undefined]);
    expect(relay.recorder.records[0]?.stages[0]).toEqual(['auth', 0, 0]);
  });
});
