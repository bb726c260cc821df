import {
  completionJson,
  deltaFrame,
  doneFrame,
  Gate,
  jsonReply,
  ScriptedUpstream,
  sseReply,
  usageFrame,
} from '@relay/testing';
import { RelayProcess, type AdminClient } from './relay-process';
import { ACME_KEY, GLOBEX_KEY, ask, testConfig } from './test-config';

/** Keeps what was said where the app asks for it. */
const POLICY = {
  name: 'default',
  version: 1,
  rules: [{ id: 'keep-words', when: '"keep" in request.tags', then: { payloadLogging: true } }],
};

describe('a request from the official client', () => {
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  let admin: AdminClient;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    relay = await RelayProcess.start({ config: testConfig(upstream, { policy: POLICY }) });
    admin = await relay.admin();
  }, 90_000);
  afterAll(async () => {
    await relay?.close();
    await upstream?.close();
  });

  it('is answered by the upstream, with the bytes it sent and the unknown parameters it was sent', async () => {
    upstream.enqueue(jsonReply(completionJson('Paris', { prompt: 12, completion: 1 })));
    const { data, response } = await relay
      .openai(ACME_KEY)
      .chat.completions.create({ ...ask('Capital of France?'), new_parameter: { depth: 1.0 } } as never)
      .withResponse();
    expect((data as { choices: { message: { content: string } }[] }).choices[0]?.message.content).toBe('Paris');
    const seen = upstream.requests.at(-1);
    expect(seen?.json()).toMatchObject({ model: 'mock-small', new_parameter: { depth: 1 } });
    expect(seen?.headers.authorization).toBe('Bearer secret-of-mock');
    expect(response.headers.get('x-relay-model')).toBe('small');
    expect(response.headers.get('x-relay-provider')).toBe('mock');
    expect(response.headers.get('x-relay-cache')).toBe('miss');
    expect(response.headers.get('x-relay-queue')).toBe('none');
    expect(response.headers.get('x-relay-policy')).toMatch(/^default@1$/);
    expect(response.headers.get('x-relay-cost-usd')).toBe('0.0000024'); // 12 x 0.15 + 1 x 0.60 USD per million
  });

  it('leaves a trace that tells why the answer came the way it did', async () => {
    const reply = await relay.post(ACME_KEY, ask('Why this way?'), {
      'x-request-id': 'why-1',
      'x-relay-tags': 'docs,test',
    });
    await reply.json();
    const trace = await admin.trace(reply.headers.get('x-relay-trace-id'));
    expect(trace).toMatchObject({
      requestId: 'why-1',
      tenant: 'acme',
      model: 'small',
      servedModel: 'small',
      provider: 'mock',
      status: 'ok',
      httpStatus: 200,
      cache: 'miss',
      queue: 'none',
      policy: 'default@1',
      signature: reply.headers.get('x-relay-plan'),
      attempts: 1,
      inputTokens: 11,
      outputTokens: 3,
    });
    expect(trace.plan?.route.candidates).toMatchObject([
      { model: 'small', provider: 'mock', upstreamModel: 'mock-small' },
    ]);
    expect(trace.decisions.find((decision) => decision.rule === 'model')?.reason).toContain('small');
    expect(trace.stages.map((stage) => stage.name)).toEqual(
      expect.arrayContaining(['auth', 'parse', 'plan', 'cache', 'upstream']),
    );
    expect(trace.features['request.tags']).toEqual(['docs', 'test']);
    const listed = await admin.traces('tenant=acme');
    expect(listed.map((row) => row.id)).toContain(trace.id);
  });

  it('streams: the first chunk is at the client before the last is produced', async () => {
    const gate = new Gate();
    upstream.enqueue(
      sseReply([
        deltaFrame({ role: 'assistant', content: 'one' }),
        gate,
        deltaFrame({ content: ' two' }),
        deltaFrame({}, 'stop'),
        usageFrame(),
        doneFrame(),
      ]),
    );
    const stream = await relay.openai(ACME_KEY).chat.completions.create({ ...ask('Count to two'), stream: true });
    let text = '';
    for await (const chunk of stream) {
      if (text === '') gate.open(); // only now may the upstream go on
      text += chunk.choices[0]?.delta.content ?? '';
      expect(chunk.usage ?? null).toBeNull(); // it was not asked for
    }
    expect(text).toBe('one two');
  });

  it('is served from memory the second time, byte for byte, as JSON and as a stream', async () => {
    const body = ask('Say it again');
    const first = await relay.post(ACME_KEY, body);
    const original = Buffer.from(await first.arrayBuffer());
    const calls = upstream.requests.length;
    const second = await relay.post(ACME_KEY, { messages: body.messages, stream: false, model: body.model });
    expect(second.headers.get('x-relay-cache')).toBe('exact-l1');
    expect(Buffer.from(await second.arrayBuffer()).equals(original)).toBe(true);
    const stream = await relay
      .openai(ACME_KEY)
      .chat.completions.create({ ...body, stream: true, stream_options: { include_usage: true } });
    let text = '';
    let usage: unknown = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe('Hello from upstream');
    expect(usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 3 });
    expect(upstream.requests.length).toBe(calls);
    const trace = await admin.trace(second.headers.get('x-relay-trace-id'));
    expect(trace).toMatchObject({ cache: 'exact-l1', costUsd: '0', savedUsd: '0.00000345', inputTokens: 11 });
    expect(trace.decisions.length).toBeGreaterThan(0); // a hit is explained as well
  });

  it('stores a stream and replays it to a client that wants JSON', async () => {
    const body = ask('Stream first');
    const stream = await relay.openai(ACME_KEY).chat.completions.create({ ...body, stream: true });
    for await (const _ of stream);
    const replayed = await relay.openai(ACME_KEY).chat.completions.create(body).withResponse();
    expect(replayed.response.headers.get('x-relay-cache')).toBe('exact-l1');
    expect(replayed.data.choices[0]?.message.content).toBe('Hello from upstream');
    expect(replayed.data.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 3 });
  });

  it('is never served what another tenant was answered', async () => {
    const body = ask('Whose answer is this?');
    await (await relay.post(ACME_KEY, body)).json();
    const other = await relay.post(GLOBEX_KEY, body);
    expect(other.headers.get('x-relay-cache')).toBe('miss');
    await other.json();
  });

  it('obeys the Cache-Control of the client', async () => {
    const body = ask('Fresh please');
    const onlyCached = await relay.post(ACME_KEY, body, { 'cache-control': 'only-if-cached' });
    expect(onlyCached.status).toBe(504);
    expect(await onlyCached.json()).toMatchObject({ error: { code: 'only_if_cached_miss' } });
    await (await relay.post(ACME_KEY, body, { 'cache-control': 'no-store' })).json();
    expect((await relay.post(ACME_KEY, body)).headers.get('x-relay-cache')).toBe('miss');
    expect((await relay.post(ACME_KEY, body)).headers.get('x-relay-cache')).toBe('exact-l1');
    expect((await relay.post(ACME_KEY, body, { 'cache-control': 'no-cache' })).headers.get('x-relay-cache')).toBe(
      'bypass',
    );
  });

  it('leaves its words in the trace only where the policy wants them', async () => {
    const payloadOf = async (reply: Response) => {
      await reply.text();
      return (await admin.trace(reply.headers.get('x-relay-trace-id'))).payload;
    };
    expect(await payloadOf(await relay.post(ACME_KEY, ask('not to be kept')))).toBeNull();
    for (const stream of [false, true]) {
      const body = ask(`to be kept, stream ${stream}`, { stream });
      const kept = await payloadOf(await relay.post(ACME_KEY, body, { 'x-relay-tags': 'keep' }));
      expect(kept).toMatchObject({
        request: { messages: body.messages },
        response: { choices: [{ message: { content: 'Hello from upstream' } }] },
      });
    }
  });

  it('stands in the long queue when it is batch work, and the trace says why', async () => {
    const reply = await relay.post(ACME_KEY, ask('no hurry'), { 'x-relay-priority': 'batch' });
    await reply.text();
    const trace = await admin.trace(reply.headers.get('x-relay-trace-id'));
    expect(trace.plan).toMatchObject({ serviceLevel: 'batch', queue: { class: 'long' } });
    expect(trace.decisions.find((decision) => decision.rule === 'priority')?.changed).toEqual([
      'serviceLevel',
      'queue.class',
    ]);
  });

  it('explains itself in the reply when asked', async () => {
    const reply = await relay.post(ACME_KEY, ask('Explain'), { 'x-relay-explain': '1' });
    expect(await reply.json()).toMatchObject({
      choices: [{ message: { content: 'Hello from upstream' } }],
      relay: { policy: 'default@1', plan: { route: { candidates: [{ model: 'small' }] } } },
    });
  });

  it('sees its models and no others', async () => {
    const models = await relay.openai(ACME_KEY).models.list();
    expect(models.data.map((model) => model.id)).toEqual(['small', 'auto', 'auto:cheap', 'auto:fast', 'auto:best']);
    expect((await relay.openai(ACME_KEY).models.retrieve('small')).owned_by).toBe('mock');
  });

  it('can be explained without being sent', async () => {
    const calls = upstream.requests.length;
    const explained = await admin.request<{ plan: { route: { candidates: unknown[] } }; signature: string }>(
      'POST',
      '/api/policies/explain',
      {
        tenant: 'acme',
        request: ask('What would you do?'),
      },
    );
    expect(explained.plan.route.candidates).toMatchObject([{ model: 'small', provider: 'mock' }]);
    expect(upstream.requests.length).toBe(calls);
  });
});
