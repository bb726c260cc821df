import { systemClock } from '@relay/core';
import { completionJson, errorReply, Gate, gatedReply, jsonReply, neverAnswer, ScriptedUpstream } from '@relay/testing';
import { call, completed, providerConfig } from '../../testing/call-harness';
import { createOpenaiClient } from '../openai/openai.adapter';

describe('a client that was warmed', () => {
  let upstream: ScriptedUpstream;
  const never = new AbortController().signal;
  beforeEach(async () => void (upstream = await ScriptedUpstream.start()));
  afterEach(() => upstream.close());

  const client = (extra: object = {}) =>
    createOpenaiClient(providerConfig({ baseUrl: upstream.baseUrl, apiKey: 'secret-key', ...extra }), systemClock);

  it('has as many connections open as were asked for, and calls find them', async () => {
    const gate = new Gate();
    const models = gatedReply(gate, jsonReply({ object: 'list', data: [] }));
    upstream.enqueue(models, models);
    const warm = client();
    const warmed = warm.warm?.(2, never);
    await upstream.request(2); // both are under way, so each has its own connection
    gate.open();
    expect(await warmed).toBeNull();
    expect(upstream.requests[0]).toMatchObject({ method: 'GET', path: '/v1/models' });
    expect(upstream.requests[0]?.headers.authorization).toBe('Bearer secret-key');
    const chats = new Gate();
    const answer = gatedReply(chats, jsonReply(completionJson('Hi')));
    upstream.enqueue(answer, answer, answer);
    const calls = [call(warm), call(warm), call(warm)];
    await upstream.request(5);
    chats.open();
    const connected = await Promise.all(calls.map(async (each) => (await completed(each)).connectMs !== null));
    expect(connected).toEqual([false, false, true]);
    await warm.close();
  });

  it('knows the round trip of the network', async () => {
    const warm = client();
    expect(warm.rttMs).toBeNull();
    await warm.warm?.(1, never);
    expect(warm.rttMs).toBeGreaterThan(0);
    expect(warm.rttMs).toBeLessThan(1_000);
    await warm.close();
  });

  it('keeps a connection though the server has no list of models', async () => {
    upstream.enqueue(errorReply(404, 'no such route'));
    const warm = client();
    expect(await warm.warm?.(1, never)).toBeNull();
    expect((await completed(call(warm))).connectMs).toBeNull();
    await warm.close();
  });

  it('tells what went wrong, without the key', async () => {
    const warm = client();
    upstream.enqueue(errorReply(401, 'Incorrect key secret-key'));
    expect(await warm.warm?.(1, never)).toBe("Provider p did not accept the relay's credentials (401).");
    await upstream.refuseConnections();
    expect(await warm.warm?.(1, never)).toBe('Provider p refused the connection.');
    await warm.close();
  });

  it('gives up when it is told to', async () => {
    upstream.enqueue(neverAnswer());
    const stop = new AbortController();
    const warm = client();
    const warmed = warm.warm?.(1, stop.signal);
    const request = await upstream.request();
    stop.abort();
    expect(await warmed).toEqual(expect.any(String));
    await request.aborted;
    await warm.close();
  });
});
