import { OPERATION_SHAPES, OPERATIONS, type Operation } from '@relay/contracts';
import {
  completionJson,
  deltaFrame,
  errorReply,
  Gate,
  gatedReply,
  htmlReply,
  jsonReply,
  neverAnswer,
  type RecordedRequest,
  ScriptedUpstream,
  sseReply,
  type UpstreamScript,
} from '@relay/testing';
import { routeOf, streamBody, streamReply } from './route-examples';
import { ACME_KEY, GLOBEX_KEY, TrapRelay } from './trap-relay';

const POLICY = {
  name: 'traps',
  version: 1,
  defaults: { retries: { maxAttempts: 1 } },
  rules: [
    {
      id: 'by-meaning',
      when: '"by-meaning" in request.tags',
      then: { cache: { semantic: { mode: 'static', threshold: 0.9 } } },
    },
  ],
};
const CACHED = OPERATIONS.filter((operation) => OPERATION_SHAPES[operation].cacheable);
const BY_MEANING = { 'x-relay-tags': 'by-meaning' };
const DIMENSIONS = 8;

/** All questions about capitals point one way, all others another. */
const vectorsOf =
  (dimensions: number) =>
  (request: RecordedRequest): UpstreamScript => {
    const { input } = request.json() as { input: string[] };
    const direction = (text: string) =>
      Array.from({ length: dimensions }, (_, i) => (i === (text.includes('capital') ? 0 : 1) ? 1 : 0));
    return jsonReply({ data: input.map((text, index) => ({ index, embedding: direction(text) })) });
  };

describe('the cache and its tenants', () => {
  let traps: TrapRelay;
  let upstream: ScriptedUpstream;
  let embedder: ScriptedUpstream;
  let asked = 0;

  beforeAll(async () => {
    embedder = await ScriptedUpstream.start(vectorsOf(DIMENSIONS));
    const embedding = { kind: 'openai', baseUrl: embedder.baseUrl, model: 'e', timeoutMs: 2_000, cacheEntries: 1 };
    traps = await TrapRelay.start({ config: { policy: POLICY, embedder: embedding } });
    upstream = traps.upstream;
  }, 90_000);
  afterAll(async () => {
    await traps.close();
    await embedder.close();
  });
  afterEach(() => {
    embedder.respondWith(vectorsOf(DIMENSIONS));
    upstream.respondWith(() => jsonReply(completionJson('Hello')));
    return traps.heal();
  });

  const question = (operation: Operation): object => routeOf(operation).body(`Question ${++asked}?`);
  const cacheOf = async (reply: Response): Promise<string | null> => {
    await reply.arrayBuffer();
    expect(reply.status).toBe(200);
    return reply.headers.get('x-relay-cache');
  };

  it.each(CACHED)('trap 34: what is no answer to %s is never kept as one', async (operation) => {
    const { answer } = routeOf(operation);
    const nothing = [
      errorReply(500, 'boom'),
      errorReply(503, 'down'),
      errorReply(401, 'bad key'),
      htmlReply(),
      errorReply(404, 'no such model'),
    ];
    for (const script of nothing) {
      const body = question(operation);
      upstream.enqueue(script, answer);
      const refused = await traps.post(operation, body);
      await refused.arrayBuffer();
      expect(refused.status).toBeGreaterThanOrEqual(400);
      await traps.heal();
      const again = await traps.post(operation, body);
      await again.arrayBuffer();
      // A refusal of the request itself may be told again for some seconds: as the refusal that it is.
      if (refused.status === 404) expect(again.status).not.toBe(200);
      else expect([again.status, again.headers.get('x-relay-cache')]).toEqual([200, 'miss']);
      if (refused.status === 404) await traps.post(operation, question(operation)); // takes the answer that is queued
    }
    if (!('stream' in streamBody(operation, ''))) return;
    const { stream } = routeOf(operation);
    if (!stream) return;
    const body = streamBody(operation, `Question ${++asked}?`);
    upstream.enqueue(
      streamReply(operation, [...stream.opening, stream.content, 'CUT']),
      streamReply(operation, [...stream.opening, stream.content, ...stream.ending]),
    );
    await (await traps.post(operation, body)).text().catch(() => '');
    expect(await cacheOf(await traps.post(operation, body))).toBe('miss');
  });

  it.each(CACHED)('trap 35: the order of keys and `stream: false` of %s do not change the key', async (operation) => {
    const body = question(operation);
    upstream.enqueue(routeOf(operation).answer);
    expect(await cacheOf(await traps.post(operation, body))).toBe('miss');
    const reversed = Object.fromEntries(Object.entries(body).reverse());
    expect(await cacheOf(await traps.post(operation, reversed))).toBe('exact-l1');
    if (!routeOf(operation).stream) return;
    expect(await cacheOf(await traps.post(operation, { stream: false, ...body }))).toBe('exact-l1');
  });

  it('trap 35: nor do defaults that are said, or null', async () => {
    const body = question('chat');
    expect(await cacheOf(await traps.post('chat', body))).toBe('miss');
    const said = { temperature: 1, top_p: 1, n: 1, presence_penalty: 0, logprobs: false, stop: null };
    expect(await cacheOf(await traps.post('chat', { ...said, ...body }))).toBe('exact-l1');
    expect(await cacheOf(await traps.post('chat', { ...body, temperature: 0 }))).toBe('miss');
  });

  it.each(OPERATIONS)(
    'trap 36: the same body of two tenants shares no answer to %s, neither kept nor under way',
    async (operation) => {
      const { body, answer } = routeOf(operation);
      const text = `Question ${++asked}?`;
      const gate = new Gate();
      const before = upstream.requests.length;
      upstream.enqueue(gatedReply(gate, answer), gatedReply(gate, answer));
      const both = [ACME_KEY, GLOBEX_KEY].map((key) => traps.post(operation, body(text), {}, key));
      await upstream.request(before + 2); // each asked for itself
      gate.open();
      for (const reply of await Promise.all(both)) expect(['miss', 'bypass', null]).toContain(await cacheOf(reply));

      const other = `Question ${++asked}?`;
      upstream.enqueue(answer, answer);
      await cacheOf(await traps.post(operation, body(other)));
      expect(['miss', 'bypass', null]).toContain(
        await cacheOf(await traps.post(operation, body(other), {}, GLOBEX_KEY)),
      );
      expect(upstream.requests).toHaveLength(before + 4);
    },
  );

  describe('by meaning', () => {
    const capital = (text: string, more: object = {}): object => ({
      model: 'any',
      messages: [{ role: 'user', content: text }],
      ...more,
    });
    let paraphrases = 0;
    const paraphrase = (): string => `What is the capital of France${'?'.repeat(++paraphrases + 1)}`;
    const post = (body: object, key = ACME_KEY): Promise<Response> => traps.post('chat', body, BY_MEANING, key);
    /** A paraphrase finds what is stored; not at once where the machine is busy and a look-up takes longer than it may. */
    const isFound = async (): Promise<void> => {
      const giveUpAt = performance.now() + 10_000;
      while ((await cacheOf(await post(capital(paraphrase())))) !== 'semantic') {
        if (performance.now() > giveUpAt) throw new Error('nothing is found by its meaning');
      }
    };
    beforeAll(async () => {
      await cacheOf(await post(capital('What is the capital of France?')));
      await isFound();
    }, 30_000);

    it('trap 36: another tenant finds nothing of it', async () => {
      expect(await cacheOf(await post(capital(paraphrase()), GLOBEX_KEY))).toBe('miss');
    });

    it.each<[string, object]>([
      [
        'tools',
        {
          tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }],
          tool_choice: 'required',
        },
      ],
      ['format', { response_format: { type: 'json_object' } }],
      ['model', { model: 'backed' }],
      ['length', { max_tokens: 3 }],
      ['unknown parameter', { x_unknown: 1 }],
    ])('trap 37: another %s is no hit', async (_what, more) => {
      expect(await cacheOf(await post(capital(paraphrase(), more)))).toBe('miss');
      await isFound();
    });

    it('trap 37: another system prompt is no hit', async () => {
      const messages = [
        { role: 'system', content: 'Answer in French.' },
        { role: 'user', content: paraphrase() },
      ];
      expect(await cacheOf(await post({ model: 'any', messages }))).toBe('miss');
    });

    it.each<[string, UpstreamScript]>([
      ['an error', errorReply(500, 'boom')],
      ['a page', htmlReply()],
      ['nothing', neverAnswer()],
      ['vectors that are none', jsonReply({ data: [{ index: 0, embedding: ['x'] }] })],
    ])('trap 38: an embedder that gives %s makes a miss, and no error', async (_what, script) => {
      embedder.respondWith(() => script);
      expect(await cacheOf(await post(capital(paraphrase())))).toBe('miss');
    });

    it('trap 39: vectors of another dimension find nothing of before, and harm nobody', async () => {
      embedder.respondWith(vectorsOf(2 * DIMENSIONS));
      expect(await cacheOf(await post(capital(paraphrase())))).toBe('miss');
      embedder.respondWith(vectorsOf(DIMENSIONS));
    });
  });

  it.each(CACHED)('trap 42: the model that was asked for is in the key of %s', async (operation) => {
    const { body, answer } = routeOf(operation);
    const text = `Question ${++asked}?`;
    upstream.enqueue(answer, answer);
    expect(await cacheOf(await traps.post(operation, body(text)))).toBe('miss');
    expect(await cacheOf(await traps.post(operation, body(text, { model: 'backed' })))).toBe('miss');
    expect(await cacheOf(await traps.post(operation, body(text, { model: 'backed' })))).toBe('exact-l1');
  });

  it.each(CACHED)('trap 43: a hit of %s carries its plan, its decisions and whom it spared', async (operation) => {
    const body = question(operation);
    upstream.enqueue(routeOf(operation).answer);
    const first = await traps.post(operation, body);
    await first.arrayBuffer();
    const hit = await traps.post(operation, body);
    expect(await cacheOf(hit)).toBe('exact-l1');
    for (const name of ['x-relay-policy', 'x-relay-plan', 'x-relay-model'])
      expect([name, hit.headers.get(name)]).toEqual([name, first.headers.get(name) ?? 'nothing']);
    const [made, spared] = [await traps.traceOf(first), await traps.traceOf(hit)];
    expect(spared).toMatchObject({ cache: 'exact-l1', attempts: 0, policy: 'traps@1', plan: made.plan });
    expect(spared.plan).not.toBeNull();
    expect(spared.decisions).toEqual(made.decisions);
    expect(spared.decisions.map(({ rule }) => rule)).toContain('by-meaning');
  });

  it('trap 34: an error inside a stream is not kept either', async () => {
    const body = streamBody('chat', `Question ${++asked}?`);
    const failing = [
      deltaFrame({ content: 'Hel' }),
      'data: {"error":{"message":"overloaded"}}\n\n',
      'data: [DONE]\n\n',
    ];
    upstream.enqueue(sseReply(failing), streamReply('chat', [deltaFrame({ content: 'Hello' }), 'data: [DONE]\n\n']));
    await (await traps.post('chat', body, {})).text();
    expect(await cacheOf(await traps.post('chat', body))).toBe('miss');
  });
});
