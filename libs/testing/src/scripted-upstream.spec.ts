import {
  deltaFrame,
  doneFrame,
  ScriptedUpstream,
  sseReply,
  Gate,
  errorReply,
  neverAnswer,
  resetConnection,
  gatedReply,
  jsonReply,
} from './index';

describe('ScriptedUpstream', () => {
  let upstream: ScriptedUpstream;
  beforeEach(async () => void (upstream = await ScriptedUpstream.start()));
  afterEach(() => upstream.close());

  const post = (signal?: AbortSignal) =>
    fetch(`${upstream.baseUrl}/chat/completions`, {
      method: 'POST',
      body: '{"model":"m","messages":[]}',
      headers: { authorization: 'Bearer k' },
      ...(signal ? { signal } : {}),
    });

  it('answers in the OpenAI shape and records what it was sent', async () => {
    const reply = (await (await post()).json()) as { choices: { message: { content: string } }[] };
    expect(reply.choices[0]?.message.content).toBe('Hello from upstream');
    expect(upstream.requests[0]).toMatchObject({ method: 'POST', path: '/v1/chat/completions', isAborted: false });
    expect(upstream.requests[0]?.headers.authorization).toBe('Bearer k');
    expect(upstream.requests[0]?.json()).toEqual({ model: 'm', messages: [] });
  });

  it('holds a stream at a gate until the test opens it', async () => {
    const gate = new Gate();
    upstream.enqueue(sseReply([deltaFrame({ content: 'a' }), gate, doneFrame()]));
    const reader = (await post()).body?.getReader();
    await gate.reached;
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toContain('"a"');
    gate.open();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe(doneFrame());
  });

  it('uses queued scripts up in order', async () => {
    upstream.enqueue(errorReply(429, 'slow down', { 'retry-after': '2' }), resetConnection());
    const limited = await post();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2']);
    await expect(post()).rejects.toThrow();
    expect((await post()).status).toBe(200);
  });

  it('breaks off where the script says so, which is no abort of the caller', async () => {
    upstream.enqueue(sseReply([deltaFrame({ content: 'a' }), 'CUT']));
    await expect((await post()).text()).rejects.toThrow();
    await upstream.requests[0]?.finished;
    expect(upstream.requests[0]?.isAborted).toBe(false);
  });

  it('tells when the caller goes away, before the head and after', async () => {
    const gate = new Gate();
    for (const script of [neverAnswer(), gatedReply(gate, jsonReply({})), sseReply(['STALL'])]) {
      const abort = new AbortController();
      upstream.enqueue(script);
      const seen = upstream.requests.length;
      const reply = post(abort.signal).then((response) => response.text());
      const request = await upstream.request(seen + 1);
      abort.abort();
      await expect(reply).rejects.toThrow();
      await request.aborted;
      expect(request.isAborted).toBe(true);
    }
  });

  it('refuses connections and takes them again on the same port', async () => {
    const before = upstream.baseUrl;
    await upstream.refuseConnections();
    await expect(post()).rejects.toThrow();
    await upstream.acceptConnections();
    expect(upstream.baseUrl).toBe(before);
    expect((await post()).status).toBe(200);
  });
});
