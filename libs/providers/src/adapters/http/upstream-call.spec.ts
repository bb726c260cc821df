import { openaiDialect } from '@relay/protocols';
import { FakeClock } from '@relay/testing';
import type { Dispatcher } from 'undici';
import type { UpstreamRequest } from '../../ports/upstream-client.port';
import { UpstreamCall } from './upstream-call';

const controller: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  rawHeaders: null,
  rawTrailers: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

describe('UpstreamCall', () => {
  const clock = new FakeClock();
  const start = (): UpstreamCall => {
    const request: UpstreamRequest = {
      operation: 'chat',
      contentType: 'application/json',
      model: 'm',
      body: Buffer.from('{}'),
      patch: {},
      stream: false,
      clientWantsUsage: false,
      requestId: 'r',
      timeoutMs: 1_000,
      signal: new AbortController().signal,
    };
    const context = {
      providerId: 'p',
      dialect: openaiDialect,
      clock,
      timeouts: { headersMs: 1, idleMs: 1, streamMs: 1 },
      secrets: [],
      isFreshConnection: () => false,
    };
    const call = new UpstreamCall(context, request, { onFrames: () => true });
    call.onRequestStart(controller);
    return call;
  };

  it.each([
    ['only announcements', 103],
    ['nothing at all', null],
  ])('ends as a failure worth another try when the answer ends after %s', async (_name, status) => {
    const call = start();
    if (status !== null) call.onResponseStart(controller, status, {});
    call.onResponseEnd();
    expect(await call.outcome).toMatchObject({
      kind: 'failed',
      error: { code: 'upstream_error' },
      retryable: true,
      started: false,
      upstreamStatus: null,
    });
    expect(clock.pending).toBe(0);
  });
});
