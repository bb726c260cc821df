import { completionJson, errorReply, Gate, gatedReply, jsonReply, ScriptedUpstream } from '@relay/testing';
import { RelayProcess, type AdminClient } from './relay-process';
import { ACME_KEY, GLOBEX_KEY } from './test-config';

const CODE = 'Write a Python function that reverses a linked list, with unit tests.';
const CHAT = 'Hi there! How are you doing today?';
const HARD = 'Prove that there are infinitely many primes congruent to 3 modulo 4.';

const RULES = [
  { id: 'cascade', when: '"cascade" in request.tags', then: { route: { strategy: 'cascade' } } },
  {
    id: 'hedge',
    when: '"hedge" in request.tags',
    then: { retries: { hedge: { after: '50ms' } }, route: { strategy: 'ordered' } },
  },
  { id: 'cheap', when: '"cheap" in request.tags', then: { route: { strategy: 'cost', qualityFloor: 0.75 } } },
  {
    id: 'cached',
    when: '"cached" in request.tags',
    then: { cache: { exact: { enabled: true } }, route: { strategy: 'ordered', candidates: ['clever', 'chatty'] } },
  },
  {
    id: 'people-first',
    when: '"lane" in request.tags && request.priority == "interactive"',
    then: { serviceLevel: 'interactive', route: { strategy: 'ordered', candidates: ['swift', 'clever'] } },
  },
  {
    id: 'others',
    when: '"lane" in request.tags && request.priority != "interactive"',
    then: { route: { strategy: 'ordered', candidates: ['clever'] } },
  },
  { id: 'sticky', when: '"sticky" in request.tags', then: { route: { strategy: 'sticky' } } },
];

function config(weak: ScriptedUpstream, strong: ScriptedUpstream, groq: ScriptedUpstream): object {
  const provider = (id: string, upstream: ScriptedUpstream) => ({
    id,
    kind: 'openai',
    baseUrl: upstream.baseUrl,
    preheat: { connections: 0 },
  });
  const model = (id: string, of: string, usd: number, capabilities: object) => ({
    id,
    targets: [{ provider: of, model: `up-${id}` }],
    price: { inputPerMTok: usd, outputPerMTok: usd * 4 },
    capabilities,
  });
  return {
    providers: [provider('weak', weak), provider('strong', strong), { ...provider('groq', groq), kind: 'groq' }],
    models: [
      model('chatty', 'weak', 0.1, { general: 0.8, code: 0.5, math: 0.4 }),
      model('clever', 'strong', 5, { general: 0.75, code: 0.9, math: 0.9 }),
      model('swift', 'groq', 0.5, {}),
    ],
    policy: {
      name: 'routing',
      version: 1,
      defaults: {
        cache: { exact: { enabled: false } },
        route: { strategy: 'content', candidates: ['chatty', 'clever'] },
      },
      rules: RULES,
    },
    tenants: [
      { id: 'acme', keys: [{ name: 'ci', value: ACME_KEY }] },
      { id: 'globex', keys: [{ name: 'ci', value: GLOBEX_KEY }] },
    ],
  };
}

describe('a request that leaves the model to the policy', () => {
  let weak: ScriptedUpstream;
  let strong: ScriptedUpstream;
  let groq: ScriptedUpstream;
  let relay: RelayProcess;
  let admin: AdminClient;

  beforeAll(async () => {
    [weak, strong, groq] = await Promise.all([
      ScriptedUpstream.start(),
      ScriptedUpstream.start(),
      ScriptedUpstream.start(),
    ]);
    relay = await RelayProcess.start({ config: config(weak, strong, groq) });
    admin = await relay.admin();
  }, 90_000);
  afterAll(async () => {
    await relay?.close();
    await Promise.all([weak?.close(), strong?.close(), groq?.close()]);
  });

  async function send(content: string, headers: Record<string, string> = {}, key = ACME_KEY, model = 'auto') {
    const { data, response } = await relay
      .openai(key)
      .chat.completions.create({ model, messages: [{ role: 'user', content }] }, { headers })
      .withResponse();
    return {
      data,
      served: response.headers.get('x-relay-model'),
      traceId: response.headers.get('x-relay-trace-id') ?? '',
    };
  }

  it('is served by whoever is expected to do such a task best', async () => {
    expect((await send(CODE)).served).toBe('clever');
    expect((await send(CHAT)).served).toBe('chatty');
    expect((await send(HARD)).served).toBe('clever');
  });

  it('leaves a trace that says why, and what was expected beside what came', async () => {
    const trace = await admin.trace((await send(CODE)).traceId);
    expect(trace.features['features.task']).toBe('code');
    expect(trace.candidates.map(({ model }) => model)).toEqual(['clever', 'chatty']);
    expect(trace.candidates[0]?.terms['quality']).toBeGreaterThan(trace.candidates[1]?.terms['quality'] ?? 1);
    expect(trace.plan?.route.candidates).toEqual(trace.candidates);
    expect(trace.decisions.at(-1)).toMatchObject({
      rule: 'ranking',
      reason: expect.stringContaining('content') as string,
    });
    expect(trace.predicted['costUsd']).toBeGreaterThan(0);
    expect(Number(trace.actual['costUsd'])).toBeGreaterThan(0);
    expect(trace.predicted['quality']).toBeGreaterThan(0);
  });

  it('takes the cheapest that is good enough for it, where the policy asks for that', async () => {
    const cheap = { 'x-relay-tags': 'cheap' };
    expect((await send(CHAT, cheap)).served).toBe('chatty');
    expect((await send(CODE, cheap)).served).toBe('clever');
  });

  it('says in the body what it would say in the trace, when asked', async () => {
    const { data } = await send(CODE, { 'x-relay-explain': '1' });
    const { relay: explained } = data as unknown as { relay: { candidates: { model: string; score: number }[] } };
    expect(explained.candidates.map(({ model }) => model)).toEqual(['clever', 'chatty']);
    expect(explained.candidates[0]?.score).toBeGreaterThan(0);
  });

  it('stays with one target for one user, where the policy makes it stick', async () => {
    const servedFor = async (user: string) =>
      (await send(CHAT, { 'x-relay-tags': 'sticky', 'x-relay-user': user })).served;
    for (const user of ['ann', 'bob', 'cyd']) {
      const first = await servedFor(user);
      for (let i = 0; i < 3; i++) expect(await servedFor(user)).toBe(first);
    }
  });

  it('asks the stronger model when the weaker answer is not accepted, and pays for both', async () => {
    weak.enqueue(jsonReply(completionJson("I'm sorry, but I can't help with that.")));
    const { data, served, traceId } = await send(CHAT, { 'x-relay-tags': 'cascade' });
    expect(served).toBe('clever');
    expect(data.choices[0]?.message.content).toBe('Hello from upstream');
    const trace = await admin.trace(traceId);
    const cost = (usd: number, { prompt_tokens: input = 0, completion_tokens: output = 0 }) =>
      (input * usd + output * usd * 4) / 1e6;
    const usage = data.usage ?? { prompt_tokens: 0, completion_tokens: 0 };
    expect(trace.attempts).toBe(2);
    expect(Number(trace.costUsd)).toBeCloseTo(cost(0.1, usage) + cost(5, usage), 9);
  });

  it('asks a second target when the first is silent, and the client gets the first answer', async () => {
    const gate = new Gate();
    weak.enqueue(gatedReply(gate, jsonReply(completionJson('too late'))));
    const { data, served } = await send(CHAT, { 'x-relay-tags': 'hedge' });
    expect([served, data.choices[0]?.message.content]).toEqual(['clever', 'Hello from upstream']);
    await weak.requests.at(-1)?.aborted;
    gate.open();
  });

  it('has a lane of its own where a person waits, Groq first, and fails over from it', async () => {
    const lane = (priority: string) => ({ 'x-relay-tags': 'lane', 'x-relay-priority': priority });
    expect((await send(CHAT, lane('interactive'))).served).toBe('swift');
    expect((await send(CHAT, lane('batch'))).served).toBe('clever');
    groq.enqueue(errorReply(503, 'over capacity'));
    const { served, traceId } = await send(CHAT, lane('interactive'));
    expect(served).toBe('clever');
    expect((await admin.trace(traceId)).attempts).toBe(2);
    groq.enqueue(errorReply(429, 'slow down', { 'retry-after': '1' }));
    expect((await send(CHAT, lane('interactive'))).served).toBe('clever');
  });

  it('is not answered for an hour by who stood in during a moment of failure', async () => {
    const cached = { 'x-relay-tags': 'cached' };
    strong.enqueue(errorReply(500, 'for a moment'));
    expect((await send('Who are you?', cached)).served).toBe('chatty');
    expect((await send('Who are you?', cached)).served).toBe('clever');
    const calls = strong.requests.length;
    expect((await send('Who are you?', cached)).served).toBe('clever');
    expect(strong.requests.length).toBe(calls); // that one is kept
  });

  it('learns from feedback, for the tenant that gave it and for no other', async () => {
    for (let i = 0; i < 40; i++) {
      const { traceId, served } = await send(CHAT);
      if (served !== 'chatty') break;
      const reply = await fetch(`${relay.url}/v1/feedback`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ACME_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({ trace_id: traceId, score: -1 }),
      });
      expect(reply.status).toBe(200);
    }
    expect((await send(CHAT)).served).toBe('clever');
    expect((await send(CHAT, {}, GLOBEX_KEY)).served).toBe('chatty');
  }, 60_000);

  it('goes elsewhere while a target fails, without calling it again and again', async () => {
    strong.respondWith(() => errorReply(503, 'down'));
    for (let i = 0; i < 8; i++) expect((await send(CODE)).served).toBe('chatty');
    const calls = strong.requests.length;
    const { traceId } = await send(CODE);
    expect(strong.requests.length).toBe(calls);
    const trace = await admin.trace(traceId);
    expect(trace.plan?.route.rejected).toEqual([
      { model: 'clever', provider: 'strong', reason: expect.stringContaining('circuit breaker') as string },
    ]);
    const metrics = await (await fetch(`${relay.url}/metrics`)).text();
    expect(metrics).toContain('relay_target_breaker_state{provider="strong",model="up-clever"} 2');
  });
});
