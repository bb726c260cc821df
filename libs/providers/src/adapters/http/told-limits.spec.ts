import { systemClock } from '@relay/core';
import {
  deltaFrame,
  doneFrame,
  errorReply,
  FakeClock,
  Gate,
  jsonReply,
  completionJson,
  ScriptedUpstream,
  sseReply,
} from '@relay/testing';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { call, completed, failed, providerConfig } from '../../testing/call-harness';
import { createOpenaiClient } from '../openai/openai.adapter';

const HEADERS = {
  'x-ratelimit-remaining-requests': '59',
  'x-ratelimit-reset-requests': '1m0s',
  'x-ratelimit-remaining-tokens': '1000',
  'x-ratelimit-reset-tokens': '5s',
};

describe('rate limits in the headers of a reply', () => {
  let upstream: ScriptedUpstream;
  let client: UpstreamClient;

  const connect = (clock = systemClock): UpstreamClient =>
    (client = createOpenaiClient(providerConfig({ baseUrl: upstream.baseUrl }), clock));

  beforeEach(async () => void (upstream = await ScriptedUpstream.start()));
  afterEach(async () => {
    await upstream.close();
    await client.close();
  });

  it('come with an answer', async () => {
    upstream.enqueue(jsonReply(completionJson('Hi'), { headers: HEADERS }));
    const { told } = await completed(call(connect()));
    expect(told).toMatchObject({ remainingRequests: 59, remainingTokens: 1_000 });
    expect(told?.requestsResetMs).toBeLessThanOrEqual(60_000);
    expect(told?.requestsResetMs).toBeGreaterThan(50_000);
  });

  it('come with a refusal', async () => {
    upstream.enqueue(errorReply(429, 'slow down', { ...HEADERS, 'x-ratelimit-remaining-requests': '0' }));
    expect((await failed(call(connect()))).told).toMatchObject({ remainingRequests: 0 });
  });

  it('are as old as the stream is long', async () => {
    const clock = new FakeClock();
    const gate = new Gate();
    upstream.enqueue(
      sseReply([deltaFrame({ content: 'a' }), gate, deltaFrame({}, 'stop'), doneFrame()], { headers: HEADERS }),
    );
    const observed = call(connect(clock), { stream: true });
    await observed.received('"a"');
    clock.advance(6_000);
    gate.open();
    expect((await completed(observed)).told).toEqual({ remainingRequests: 59, requestsResetMs: 54_000 });
  });

  it('are nothing where the provider does not tell any', async () => {
    expect((await completed(call(connect()))).told).toBeNull();
  });
});
