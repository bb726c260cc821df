import { OPERATIONS, type Operation } from '@relay/contracts';
import {
  completionJson,
  errorReply,
  Gate,
  gatedReply,
  halfJsonReply,
  htmlReply,
  jsonReply,
  resetConnection,
  ScriptedUpstream,
  steps,
} from '@relay/testing';
import { routeOf, STREAMED, streamBody, streamReply } from './route-examples';
import { ACME_KEY, FRESH, GLOBEX_KEY, TrapRelay, verdictOf } from './trap-relay';

const COUNTED_KEY = 'key-of-the-counted-tenant';
const SPENT_KEY = 'key-of-the-spent-tenant';
const FRUGAL_KEY = 'key-of-the-frugal-tenant';
const NARROW_KEY = 'key-of-the-narrow-tenant';
const CLOSED_KEY = 'key-of-the-closed-tenant';
const EXPIRED_KEY = 'key-that-has-expired';
const ROOMY_KEY = 'key-of-the-roomy-tenant';
const BUDGET_USD = 50;
const CROWD = 20;
const MAX_QUEUED = 12;
const POLICY = {
  name: 'traps',
  version: 1,
  defaults: { retries: { maxAttempts: 1 } },
  rules: [{ id: 'long', when: '"long" in request.tags', then: { queue: { class: 'long' } } }],
};

/** Requests that the tenant has left in this minute. */
const roomOf = ({ headers }: Response): number => Number(headers.get('x-ratelimit-remaining-requests') ?? NaN);

const key = (value: string): object => ({ keys: [{ name: 'ci', value }] });

describe('limits', () => {
  let traps: TrapRelay;
  let upstream: ScriptedUpstream;
  let asked = 0;

  beforeAll(async () => {
    traps = await TrapRelay.start({
      config: { policy: POLICY, scheduler: { maxQueuedPerTenant: MAX_QUEUED }, server: { bodyLimitBytes: 100_000 } },
      provider: { timeouts: { headersMs: 2_000, idleMs: 300 } },
      providers: { narrow: { limits: { concurrency: 1 } }, limiting: {} },
      models: [
        {
          id: 'dear',
          targets: [{ provider: 'mock', model: 'up-mock' }],
          price: { inputPerMTok: 0, outputPerMTok: 1_000_000 }, // a USD a token
        },
      ],
      tenants: [
        { id: 'counted', limits: { requestsPerMinute: 1 }, ...key(COUNTED_KEY) },
        { id: 'roomy', limits: { requestsPerMinute: 1_000, tokensPerMinute: 1 }, ...key(ROOMY_KEY) },
        { id: 'spent', budget: { monthlyUsd: 0.000001 }, ...key(SPENT_KEY) },
        { id: 'frugal', budget: { monthlyUsd: BUDGET_USD }, ...key(FRUGAL_KEY) },
        { id: 'narrow', limits: { concurrency: 1 }, ...key(NARROW_KEY) },
        { id: 'closed', models: ['talks'], ...key(CLOSED_KEY) },
        { id: 'late', keys: [{ name: 'ci', value: EXPIRED_KEY, expiresAt: '2020-01-01T00:00:00Z' }] },
      ],
    });
    upstream = traps.upstream;
  }, 90_000);
  afterAll(() => traps.close());
  afterEach(() => {
    upstream.respondWith(() => jsonReply(completionJson('Hello')));
    return traps.heal('narrow', 'limiting');
  });

  const post = (operation: Operation, model = 'any', apiKey = ACME_KEY, headers: Record<string, string> = {}) =>
    traps.post(operation, routeOf(operation).body(`Question ${++asked}?`, { model }), { ...FRESH, ...headers }, apiKey);
  /** Takes the only slot of the provider `narrow` until the gate opens. */
  async function occupy(): Promise<{ readonly gate: Gate; readonly answer: Promise<Response> }> {
    const gate = new Gate();
    const before = upstream.requests.length;
    upstream.enqueue(gatedReply(gate, jsonReply(completionJson('held'))));
    const answer = post('chat', 'narrow');
    await upstream.request(before + 1);
    return { gate, answer };
  }

  it.each(OPERATIONS)('trap 44: the slot of %s is free after every way out', async (operation) => {
    const { answer, stream } = routeOf(operation);
    const faults = [
      errorReply(400, 'no'),
      errorReply(500, 'boom'),
      errorReply(429, 'slow down'),
      errorReply(401, 'bad key'),
      htmlReply(),
      halfJsonReply(),
      resetConnection(),
      steps(['{"half":', 'CUT'], { headers: { 'content-type': 'application/json' } }),
      answer,
    ];
    for (const fault of faults) {
      upstream.enqueue(fault);
      await (await post(operation, 'narrow')).arrayBuffer().catch(() => undefined);
      await traps.heal('narrow');
    }
    const ends = stream ? [['CUT'], ['data: {"error":{"message":"x"}}\n\n'], stream.ending] : [];
    for (const end of ends) {
      upstream.enqueue(streamReply(operation, [...(stream?.opening ?? []), stream?.content ?? '', ...end]));
      const body = streamBody(operation, `Question ${++asked}?`, 'narrow');
      await (await traps.post(operation, body, FRESH)).arrayBuffer().catch(() => undefined);
      await traps.heal('narrow');
    }
    await traps.idle();
    upstream.enqueue(answer);
    expect((await post(operation, 'narrow')).status).toBe(200); // there is one slot
  });

  it('trap 45: requests at once at the edge of a budget do not spend more than is left', async () => {
    const gate = new Gate();
    const before = upstream.requests.length;
    upstream.respondWith(() => gatedReply(gate, jsonReply(completionJson('Hello', { prompt: 1, completion: 3 }))));
    const body = (): object => routeOf('chat').body(`Question ${++asked}?`, { model: 'dear', max_tokens: 10 });
    let turnedAway = 0;
    const crowd = Array.from({ length: CROWD }, async () => {
      const reply = await traps.post('chat', body(), FRESH, FRUGAL_KEY);
      if (reply.status !== 200) turnedAway++;
      return reply;
    });
    while (turnedAway + upstream.requests.length - before < CROWD) await new Promise(setImmediate);
    gate.open();
    const replies = await Promise.all(crowd);
    const verdicts = await Promise.all(replies.map(verdictOf));
    const refused = verdicts.filter(([status]) => status !== 200);
    expect(refused).toEqual(refused.map(() => [402, 'budget_exceeded']));
    expect(refused.length).toBeGreaterThan(0);
    const served = replies.filter(({ status }) => status === 200);
    const spent = served.map(({ headers }) => Number(headers.get('x-relay-cost-usd'))).reduce((a, b) => a + b, 0);
    expect(spent).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(BUDGET_USD);
  });

  describe('of every route', () => {
    beforeAll(async () => {
      expect((await post('chat', 'any', COUNTED_KEY)).status).toBe(200);
    });

    it.each(OPERATIONS)('trap 46: %s stands under the same limits', async (operation) => {
      const before = upstream.requests.length;
      expect(await verdictOf(await post(operation, 'any', COUNTED_KEY))).toEqual([429, 'rate_limited']);
      expect(await verdictOf(await post(operation, 'any', CLOSED_KEY))).toEqual([404, 'model_not_found']);
      expect(await verdictOf(await post(operation, 'any', EXPIRED_KEY))).toEqual([401, 'invalid_api_key']);
      const foreign = await post(operation, 'any', ACME_KEY, { 'x-tenant-id': 'globex' });
      expect(await verdictOf(foreign)).toEqual([403, 'tenant_forbidden']);
      const long = routeOf(operation).body('x'.repeat(120_000));
      expect(await verdictOf(await traps.post(operation, long))).toEqual([413, 'body_too_large']);
      expect(upstream.requests).toHaveLength(before);

      const gate = new Gate();
      upstream.enqueue(gatedReply(gate, routeOf(operation).answer));
      const first = post(operation, 'any', NARROW_KEY);
      await upstream.request(before + 1);
      const second = await post(operation, 'any', NARROW_KEY, { 'x-relay-deadline-ms': '60' });
      expect(await verdictOf(second)).toEqual([429, 'overloaded']);
      gate.open();
      expect((await first).status).toBe(200);
    });

    it.each([
      'GET files',
      'POST files',
      'GET files/file-1/content',
      'DELETE files/file-1',
      'GET batches/batch_1',
      'POST batches',
      'POST batches/batch_1/cancel',
      'GET responses/resp_1',
      'GET responses/resp_1?stream=true',
      'DELETE responses/resp_1',
      'POST responses/resp_1/cancel',
      'POST responses background',
      'POST feedback',
      'GET models',
      'GET models/any',
      'GET nothing',
    ])('trap 46: %s counts as a request, and stands under the same limit', async (route) => {
      const [method = '', path = '', background] = route.split(' ');
      const asked = { model: 'any', input: 'Hello', background: background !== undefined };
      const body = method === 'POST' ? JSON.stringify(asked) : undefined;
      const send = (apiKey: string): Promise<Response> => {
        const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
        return fetch(`${traps.relay.url}/v1/${path}`, { method, headers, ...(body !== undefined && { body }) });
      };
      const reply = await send(COUNTED_KEY);
      expect(reply.headers.get('x-ratelimit-remaining-requests')).toBe('0');
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await verdictOf(reply)).toEqual([429, 'rate_limited']);
      const before = roomOf(await send(ROOMY_KEY));
      expect(before - roomOf(await send(ROOMY_KEY))).toBe(1);
    });

    const NOT_GZIP = { 'content-encoding': 'gzip' };
    it.each<[string, string, string, number, Record<string, string>?]>([
      ['no JSON', 'chat/completions', '{', 400],
      ['no message', 'chat/completions', JSON.stringify({ model: 'any', messages: [] }), 400],
      ['no JSON', 'embeddings', '{', 400],
      ['an unknown model', 'embeddings', JSON.stringify({ model: 'gpt-9', input: 'Hello' }), 404],
      ['no JSON', 'messages/count_tokens', '{', 400],
      ['a broken encoding', 'chat/completions', '{', 400, NOT_GZIP],
      ['an unknown encoding', 'chat/completions', '{', 415, { 'content-encoding': 'lzma' }],
      ['a content type that is none', 'chat/completions', '{}', 415, { 'content-type': 'json' }],
      ['a long body', 'chat/completions', 'x'.repeat(120_000), 413],
      ['no JSON', 'responses', '{', 400],
      ['a wrong wish', 'responses', JSON.stringify({ model: 'any', input: 'Hello', store: 'yes' }), 400],
      [
        'a wrong reference',
        'responses',
        JSON.stringify({ model: 'any', input: 'Hello', previous_response_id: 'resp_1' }),
        400,
      ],
      ['a broken encoding', 'responses', '{', 400, NOT_GZIP],
      ['no JSON', 'feedback', '{', 400],
      ['a broken encoding', 'feedback', '{', 400, NOT_GZIP],
      ['a long body', 'feedback', 'x'.repeat(120_000), 413],
    ])(
      'trap 46: %s for %s counts as one request, and stands under the same limit',
      async (_what, path, body, ...rest) => {
        const [status, more] = rest;
        const send = (apiKey: string): Promise<Response> => {
          const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...more };
          return fetch(`${traps.relay.url}/v1/${path}`, { method: 'POST', headers, body });
        };
        const refused = await send(COUNTED_KEY);
        expect([refused.status, roomOf(refused)]).toEqual([429, 0]);
        const replies = [await send(ROOMY_KEY), await send(ROOMY_KEY)];
        expect(replies.map((reply) => reply.status)).toEqual([status, status]);
        const [before = NaN, after = NaN] = replies.map(roomOf);
        expect(before - after).toBe(1);
      },
    );

    it.each(OPERATIONS.filter((operation) => !operation.startsWith('audio.t') && !operation.startsWith('images.')))(
      'trap 46: %s is refused where the budget is spent',
      async (operation) => {
        const before = upstream.requests.length;
        expect(await verdictOf(await post(operation, 'any', SPENT_KEY))).toEqual([402, 'budget_exceeded']);
        expect(upstream.requests).toHaveLength(before);
      },
    );

    it.each(OPERATIONS)('trap 48: a 401 of %s tells nothing, whatever is wrong with the key', async (operation) => {
      const told = new Set<string>();
      for (const wrong of ['no-such-key', EXPIRED_KEY, `${ACME_KEY}x`, ACME_KEY.slice(0, -1)]) {
        const reply = await post(operation, 'no-such-model', wrong, {
          'x-tenant-id': 'globex',
          'x-relay-explain': '1',
        });
        expect(reply.status).toBe(401);
        const names = [...reply.headers.keys()].filter((name) =>
          /^x-(relay-(policy|plan|model|provider)|ratelimit)/.test(name),
        );
        expect(names).toEqual([]);
        told.add(await reply.text());
      }
      expect(told.size).toBe(1);
      expect([...told].join('')).not.toMatch(/acme|globex|\blate\b|\bci\b|mock|no-such|2020/i);
    });
  });

  it('trap 49: the error says whether the limit is ours or the provider’s, and whose', async () => {
    const ours = await post('chat', 'any', COUNTED_KEY);
    const { error: own } = (await ours.json()) as { error: { code: string; message: string } };
    upstream.enqueue(errorReply(429, 'Rate limit reached for organisation org-1', { 'retry-after': '1' }));
    const theirs = await post('chat', 'limiting');
    const { error: foreign } = (await theirs.json()) as { error: { code: string; message: string } };
    expect([ours.status, own.code, theirs.status, foreign.code]).toEqual([
      429,
      'rate_limited',
      429,
      'upstream_rate_limited',
    ]);
    expect(own.message).toContain('Tenant "counted"');
    expect(foreign.message).toContain('limiting');
    expect((await traps.traceOf(ours)).status).toBe('rejected');
    expect((await traps.traceOf(theirs)).status).toBe('error');
  });

  it('trap 50: long work is served while short work keeps coming', async () => {
    const { gate, answer } = await occupy();
    const before = upstream.requests.length;
    const long = post('chat', 'narrow', ACME_KEY, { 'x-relay-tags': 'long' });
    await traps.waiting(1);
    let isServed = false;
    const served = long.then((reply) => {
      isServed = true;
      return reply;
    });
    /** Somebody with short work always waits, of either tenant, until the long work is done. */
    const shortWork = async (apiKey: string): Promise<void> => {
      while (!isServed && upstream.requests.length < before + 200)
        expect((await post('chat', 'narrow', apiKey)).status).toBe(200);
    };
    const crowd = [ACME_KEY, ACME_KEY, ACME_KEY, GLOBEX_KEY, GLOBEX_KEY, GLOBEX_KEY].map(shortWork);
    await traps.waiting(1 + crowd.length);
    gate.open();
    expect((await served).status).toBe(200);
    await Promise.all([answer, ...crowd]);
    expect(upstream.requests.length - before).toBeLessThan(100);
  });

  it('trap 51: one tenant fills its part of the queue, and no other’s', async () => {
    const { gate, answer } = await occupy();
    const queued = Array.from({ length: MAX_QUEUED }, () => post('chat', 'narrow'));
    await traps.waiting(MAX_QUEUED);
    expect(await verdictOf(await post('chat', 'narrow'))).toEqual([429, 'overloaded']);
    const other = post('chat', 'narrow', GLOBEX_KEY);
    await traps.waiting(MAX_QUEUED + 1);
    gate.open();
    const replies = await Promise.all([answer, ...queued, other]);
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
  });

  it('trap 52: overload is a 429 with Retry-After at once, on every route, never a hang or a 503', async () => {
    const { gate, answer } = await occupy();
    const queued = Array.from({ length: MAX_QUEUED }, () => post('chat', 'narrow'));
    await traps.waiting(MAX_QUEUED);
    for (const operation of OPERATIONS) {
      const from = performance.now();
      const reply = await post(operation, 'narrow');
      expect([operation, ...(await verdictOf(reply))]).toEqual([operation, 429, 'overloaded']);
      expect(performance.now() - from).toBeLessThan(2_000);
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    for (const operation of STREAMED) {
      const reply = await traps.post(operation, streamBody(operation, `Question ${++asked}?`, 'narrow'), FRESH);
      expect([operation, ...(await verdictOf(reply))]).toEqual([operation, 429, 'overloaded']);
    }
    gate.open();
    await Promise.all([answer, ...queued]);
  });
});
