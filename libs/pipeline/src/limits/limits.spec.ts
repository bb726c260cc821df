import { type Principal, RelayError } from '@relay/core';
import { Prices } from '@relay/providers';
import { Budgets, RateLimits } from '@relay/scheduler';
import { breaksOff, completed, fails, failure, streams, succeeds } from '../../test/outcomes';
import { chat, PipelineHarness, PRINCIPAL, type Sent } from '../../test/pipeline-harness';
import type { RecordingReply, Script } from '../../test/recorders';
import { CallPermit } from './call-limits';

const CACHED = { cache: { exact: { enabled: true } } };
const NOT_CACHED = { cache: { exact: { enabled: false } } };
const PRICE = { inputPerMTok: 0, outputPerMTok: 1_000 }; // an answer of three tokens costs 0.003 USD
const TARGETS = [
  { provider: 'a', model: 'up-a', weight: 1_000_000 },
  { provider: 'b', model: 'up-b', weight: 1 },
];

const limited = (limits: Principal['tenant']['limits'], more: Partial<Principal> = {}): Principal => ({
  ...PRINCIPAL,
  tenant: { ...PRINCIPAL.tenant, limits },
  ...more,
});
const answersWith =
  (outputTokens: number): Script =>
  () =>
    Promise.resolve(completed({ usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens, reasoningTokens: 0 } }));
const ask = (nth: number, more: object = {}) =>
  chat({ messages: [{ role: 'user', content: `Hello ${nth}` }], ...more });

describe('limits of tenants and keys', () => {
  let relay: PipelineHarness;
  afterEach(() => relay.close());

  const start = async (settings: Parameters<typeof PipelineHarness.start>[0] = {}): Promise<void> => {
    relay = await PipelineHarness.start({ defaults: NOT_CACHED, ...settings });
    relay.providers.script('a', succeeds);
  };

  const next = (principal: Principal) => relay.send({ principal, body: chat({ max_tokens: 1 }) });

  it('refuse what goes beyond them, with the time to wait and a trace that names the scope', async () => {
    await start();
    const principal = limited({ requestsPerMinute: 2 });
    for (let i = 0; i < 2; i++) expect((await relay.send({ principal })).status).toBe(200);
    const refused = await relay.send({ principal });
    expect(refused.status).toBe(429);
    expect(refused.json).toMatchObject({
      error: { code: 'rate_limited', message: expect.stringContaining('Tenant "acme" is limited to 2 requests') },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(59);
    expect(refused.headers).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m1s',
    });
    const record = relay.recorder.records.at(-1);
    expect(record).toMatchObject({ status: 'rejected', errorCode: 'rate_limited' });
    expect(record?.stages).toContainEqual([
      'limits',
      expect.anything(),
      expect.anything(),
      { scope: 'tenant', kind: 'requests' },
    ]);
    expect(await relay.metrics.render()).toContain('relay_rate_limited_total{scope="tenant",kind="requests"} 1');
    relay.clock.advance(61_000);
    expect((await relay.send({ principal })).status).toBe(200);
  });

  describe('of a client at the door that is refused before it has a plan', () => {
    const answeredTo = async (sent: Sent, more: object = { fromDoor: true }): Promise<RecordingReply> => {
      const exchange = relay.exchange(sent);
      await relay.service.complete({ ...exchange, ...more });
      return exchange.reply;
    };
    const card = chat({ messages: [{ role: 'user', content: 'Card 4111 1111 1111 1111' }] });

    it.each<[string, Sent, number]>([
      ['no JSON', { body: '{' }, 400],
      ['an invalid body', { body: { model: 'm' } }, 400],
      ['a model that there is not', { body: chat({ model: 'nothing' }) }, 404],
      ['a bad header', { headers: { 'x-relay-priority': 'soon' } }, 400],
      ['a prompt that a guard blocks', { body: card }, 400],
    ])('count %s once, and end at them', async (_what, sent, status) => {
      await start({ defaults: { ...NOT_CACHED, guards: { pii: { action: 'block' } } } });
      const principal = limited({ requestsPerMinute: 2, tokensPerMinute: 1 });
      const replies = [];
      for (let i = 0; i < 3; i++) replies.push(await answeredTo({ ...sent, principal }));
      expect(replies.map((reply) => [reply.status, reply.headers['x-ratelimit-remaining-requests']])).toEqual([
        [status, '1'],
        [status, '0'],
        [429, '0'],
      ]);
      expect(relay.recorder.records.at(-1)).toMatchObject({ status: 'rejected', errorCode: 'rate_limited' });
    });

    it('count nothing of lines of batches: their order was counted', async () => {
      await start();
      const principal = limited({ requestsPerMinute: 1 });
      for (let i = 0; i < 3; i++) expect((await answeredTo({ body: '{', principal }, {})).status).toBe(400);
      expect((await relay.send({ principal })).status).toBe(200);
    });
  });

  it('tell how the tightest of them stands', async () => {
    await start();
    const principal = limited(
      { requestsPerMinute: 100 },
      { keyLimits: { requestsPerMinute: 7, tokensPerMinute: 9_000 } },
    );
    const { headers } = await relay.send({ principal });
    expect(headers).toMatchObject({ 'x-ratelimit-limit-requests': '7', 'x-ratelimit-remaining-requests': '6' });
    expect(Number(headers['x-ratelimit-remaining-tokens'])).toBeLessThan(9_000);
  });

  it('say nothing to those who have none', async () => {
    await start();
    expect(Object.keys((await relay.send()).headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
  });

  it('name the key by the name that its owner gave it', async () => {
    await start();
    const principal = limited({}, { keyLimits: { requestsPerMinute: 1 } });
    await relay.send({ principal });
    expect((await relay.send({ principal })).text).toContain('API key \\"ci\\" is limited to 1 requests per minute');
  });

  it('say of a request that is larger than a whole minute that it can never pass', async () => {
    await start();
    const refused = await relay.send({ principal: limited({ tokensPerMinute: 20 }), body: chat({ max_tokens: 500 }) });
    expect(refused.status).toBe(413);
    expect(refused.headers['retry-after']).toBeUndefined();
    expect(refused.text).toContain('"code":"exceeds_limit"');
    expect(refused.text).toContain('will not pass later either');
  });

  describe('count the tokens of', () => {
    const principal = limited({ tokensPerMinute: 100_000 });
    const usedBy = async (body: object, script: Script, spare = script): Promise<number> => {
      await start();
      relay.providers.script('a', script);
      relay.providers.script('b', spare);
      await relay.send({ principal, body });
      relay.providers.script('a', answersWith(0));
      const { headers } = await relay.send({ principal, body: chat({ max_tokens: 1 }) });
      const own = relay.recorder.records.at(-1)?.predicted;
      const reserved = Math.ceil((own?.inputTokens ?? 0) + (own?.outputTokens ?? 0));
      return 100_000 - Number(headers['x-ratelimit-remaining-tokens']) - reserved;
    };

    it('an answer: what was used, not what was predicted', async () => {
      expect(await usedBy(chat({ max_tokens: 9_000 }), answersWith(25))).toBe(35);
    });

    it('a stream', async () => {
      expect(await usedBy(chat({ stream: true }), streams)).toBe(14);
    });

    it('no call that failed', async () => {
      expect(await usedBy(chat(), fails)).toBe(0);
    });

    it('all calls that were made for it', async () => {
      const half: Script = () =>
        Promise.resolve(
          failure({ usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, reasoningTokens: 0 } }),
        );
      expect(await usedBy(chat(), half, answersWith(20))).toBe(45);
    });

    it('a stream that broke off: what was counted', async () => {
      const used = await usedBy(chat({ stream: true }), breaksOff);
      expect(used).toBeGreaterThan(0);
      expect(used).toBeLessThan(20);
    });

    it('nobody who is turned down by an upstream', async () => {
      const refuses: Script = () => Promise.resolve(failure({ retryable: false, upstreamStatus: 400 }));
      expect(await usedBy(chat(), refuses)).toBe(0);
    });
  });

  it('leave a call whose client left as it was predicted: it may be charged', async () => {
    await start();
    const principal = limited({ tokensPerMinute: 100_000 });
    const exchange = relay.exchange({ principal, body: chat({ max_tokens: 5_000 }) });
    const left = new RelayError('client_closed', 'The client closed the request.');
    relay.providers.script('a', () => {
      exchange.signal.abort(left);
      return Promise.resolve(failure({ error: left, retryable: false, upstreamStatus: null }));
    });
    await relay.service.complete(exchange);
    expect(Number((await next(principal)).headers['x-ratelimit-remaining-tokens'])).toBeLessThan(100_000 - 200);
  });

  describe('of requests that share an answer', () => {
    const USED_UP = { requestsPerMinute: 1, tokensPerMinute: 100_000 };
    const principal = limited({ requestsPerMinute: 10, tokensPerMinute: 100_000 });
    const body = chat({ temperature: 0 });
    let finish: () => void;

    beforeEach(async () => {
      await start({ defaults: CACHED });
      const open = new Promise<void>((resolve) => (finish = resolve));
      relay.providers.script('a', () => open.then(() => completed()));
    });

    /** As a refusal tells, which counts nowhere. */
    const tokensLeft = async ({ tenant }: Principal): Promise<number> => {
      const refused = await relay.send({ principal: { ...principal, tenant: { ...tenant, limits: USED_UP } }, body });
      return Number(refused.headers['x-ratelimit-remaining-tokens']);
    };

    it('count the tokens once', async () => {
      const both = [relay.send({ principal, body }), relay.send({ principal, body })];
      finish();
      expect((await Promise.all(both)).map(({ headers }) => headers['x-relay-cache'])).toEqual(['miss', 'coalesced']);
      expect(await tokensLeft(principal)).toBe(100_000 - 14);
    });

    it('count them once if the one that called has left', async () => {
      const pilot = relay.exchange({ principal, body });
      const both = [relay.service.complete(pilot), relay.send({ principal, body })];
      pilot.signal.abort(new RelayError('client_closed', 'The client closed the request.'));
      finish();
      await Promise.all(both);
      expect(relay.recorder.records.map(({ status }) => status).sort()).toEqual(['aborted', 'ok']);
      expect(await tokensLeft(principal)).toBe(100_000 - 14);
    });
  });

  it('count a hit as a request without tokens', async () => {
    await start({ defaults: CACHED });
    const principal = limited({ requestsPerMinute: 3, tokensPerMinute: 100_000 });
    const first = await relay.send({ principal, body: chat({ temperature: 0 }) });
    expect(first.headers['x-relay-cache']).toBe('miss');
    for (let i = 0; i < 2; i++) {
      expect((await relay.send({ principal, body: chat({ temperature: 0 }) })).headers['x-relay-cache']).toBe(
        'exact-l1',
      );
    }
    const refused = await relay.send({ principal, body: chat({ temperature: 0 }) });
    expect(refused.status).toBe(429);
    expect(refused.headers['x-ratelimit-remaining-tokens']).toBe(String(100_000 - 14));
  });
});

describe('limits of models and providers', () => {
  let relay: PipelineHarness;
  afterEach(() => relay.close());

  it('send requests on to the next provider that has room', async () => {
    relay = await PipelineHarness.start({ defaults: NOT_CACHED, limits: { a: { requestsPerMinute: 1 } } });
    relay.providers.script('a', succeeds);
    relay.providers.script('b', succeeds);
    const providers = [await relay.send(), await relay.send()].map(({ headers }) => headers['x-relay-provider']);
    expect(providers).toEqual(['a', 'b']);
    expect(relay.scheduler.free.get('a')).toBe(1); // its slot came back
  });

  it('do not count a call that was not made', async () => {
    relay = await PipelineHarness.start({ defaults: NOT_CACHED, limits: { a: { requestsPerMinute: 1 } } });
    relay.providers.clients.delete('a'); // gone with a reload
    relay.providers.script('b', succeeds);
    expect((await relay.send()).headers['x-relay-provider']).toBe('b');
    relay.providers.script('a', succeeds);
    expect((await relay.send()).headers['x-relay-provider']).toBe('a');
  });

  describe('of which nothing remains', () => {
    const tenantOf = (id: string): Principal => ({ ...PRINCIPAL, tenant: { ...PRINCIPAL.tenant, id } });
    const models = [{ id: 'm', targets: TARGETS.slice(0, 1) }];
    let served: string[];

    const start = async (requestsPerMinute: number, config: object = {}): Promise<void> => {
      const limits = { a: { requestsPerMinute, concurrency: 20 } };
      relay = await PipelineHarness.start({ realSlots: true, defaults: NOT_CACHED, models, limits, config });
      relay.providers.script('a', succeeds);
      served = [];
    };
    const send = async (tenant: string, nth: number): Promise<number> => {
      const { status } = await relay.send({ principal: tenantOf(tenant), body: ask(nth, { max_tokens: 3 }) });
      if (status === 200) served.push(tenant);
      return status;
    };
    const crowd = (tenant: string, count: number) => Array.from({ length: count }, (_, i) => send(tenant, i));

    it('let requests wait in line for the window where their deadline allows it', async () => {
      await start(1);
      await send('flood', 0);
      const second = send('flood', 1);
      await relay.clock.advanceAsync(59_000);
      expect(served).toHaveLength(1);
      await relay.clock.advanceAsync(2_000);
      expect(await second).toBe(200);
      const stages = relay.recorder.records.at(-1)?.stages.map(([name]) => name);
      expect(stages).toEqual(expect.arrayContaining(['window', 'queue']));
    });

    it('serve those who wait by fair turns, whoever came first with however much', async () => {
      await start(10);
      await Promise.all(crowd('flood', 10));
      const waiting = [...crowd('flood', 30), ...crowd('polite', 5)];
      await relay.clock.advanceAsync(62_000);
      expect(served.slice(10)).toHaveLength(10);
      expect(served.slice(10).filter((tenant) => tenant === 'polite')).toHaveLength(5);
      await relay.clock.advanceAsync(130_000);
      await Promise.all(waiting);
    });

    it('keep places for other tenants, however many requests of one would wait', async () => {
      await start(10, { scheduler: { maxQueuedPerTenant: 20 } });
      await Promise.all(crowd('flood', 10));
      const flood = crowd('flood', 100);
      await relay.clock.advanceAsync(0);
      expect(relay.recorder.records.filter(({ status }) => status === 'rejected')).toHaveLength(80);
      const polite = send('polite', 0);
      await relay.clock.advanceAsync(62_000);
      expect(await polite).toBe(200);
      await relay.clock.advanceAsync(130_000);
      await Promise.all(flood);
    });

    it('turn away at once who waits for a slot and cannot wait for the window, and say when to come back', async () => {
      await start(10);
      let finish: () => void = () => undefined;
      const open = new Promise<void>((resolve) => (finish = resolve));
      relay.providers.script('a', () => open.then(() => completed()));
      const first = crowd('flood', 10);
      await relay.clock.advanceAsync(0);
      const inSlots = Array.from({ length: 30 }, (_, i) =>
        relay.send({ body: ask(i), headers: { 'x-relay-deadline-ms': '20000' } }),
      );
      await relay.clock.advanceAsync(0);
      finish();
      const refused = await Promise.all(inSlots);
      expect(relay.clock.monotonic()).toBe(0);
      for (const { status, headers } of refused)
        expect([status, Number(headers['retry-after']) >= 60]).toEqual([429, true]);
      await Promise.all(first);
    });

    it('ask for no more of those who wait than they have room for', async () => {
      await start(10);
      const reserve = jest.spyOn(RateLimits.prototype, 'reserve');
      await Promise.all(crowd('flood', 10));
      const waiting = crowd('flood', 50);
      await relay.clock.advanceAsync(60_000);
      const before = reserve.mock.calls.length;
      await relay.clock.advanceAsync(2_000);
      expect(served).toHaveLength(20);
      expect(reserve.mock.calls.length - before).toBeLessThanOrEqual(12);
      await relay.clock.advanceAsync(310_000);
      await Promise.allSettled(waiting);
      reserve.mockRestore();
    });
  });

  it('refuse with overloaded where the deadline is nearer', async () => {
    const limits = { a: { requestsPerMinute: 1 }, b: { requestsPerMinute: 1 } };
    relay = await PipelineHarness.start({ defaults: { ...NOT_CACHED, deadlineMs: 30_000 }, limits });
    relay.providers.script('a', succeeds);
    relay.providers.script('b', succeeds);
    await relay.send();
    await relay.send();
    const refused = await relay.send();
    expect(refused.status).toBe(429);
    expect(refused.json).toMatchObject({ error: { code: 'overloaded' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
  });

  it('are told to the client where they are those of a model', async () => {
    const models = [{ id: 'm', targets: TARGETS, limits: { requestsPerMinute: 1 } }];
    relay = await PipelineHarness.start({ defaults: NOT_CACHED, models });
    relay.providers.script('a', succeeds);
    await relay.send();
    const refused = await relay.send();
    expect(refused.json).toMatchObject({
      error: { code: 'rate_limited', param: 'model', message: expect.stringContaining('Model "m" is limited') },
    });
  });
});

describe('budgets', () => {
  const models = [{ id: 'm', targets: TARGETS, price: PRICE }];
  const tenants = [{ id: 'acme', budget: { monthlyUsd: 0.01 } }];
  const small = (nth: number) => ask(nth, { max_tokens: 3 });
  let relay: PipelineHarness;
  afterEach(() => relay.close());

  const start = async (settings: object = {}): Promise<void> => {
    relay = await PipelineHarness.start({ defaults: NOT_CACHED, models, config: { tenants }, ...settings });
    relay.providers.script('a', succeeds);
    relay.providers.script('b', succeeds);
  };

  it('refuse what would go beyond them, and say when they renew', async () => {
    await start();
    for (let i = 0; i < 3; i++) expect((await relay.send({ body: small(i) })).status).toBe(200);
    const refused = await relay.send({ body: small(4) });
    expect(refused.status).toBe(402);
    expect(refused.json).toMatchObject({
      error: {
        code: 'budget_exceeded',
        type: 'insufficient_quota',
        message: expect.stringContaining('renews on 2026-02-01'),
      },
    });
    expect(relay.recorder.records.at(-1)).toMatchObject({ status: 'rejected', errorCode: 'budget_exceeded' });
    expect(await relay.metrics.render()).toContain('relay_budget_refused_total 1');
    relay.clock.advance(31 * 86_400_000);
    expect((await relay.send({ body: small(5) })).status).toBe(200);
  });

  it('take no room of a provider’s limits for what they refuse', async () => {
    await start({ limits: { a: { requestsPerMinute: 4 } } });
    for (let i = 0; i < 3; i++) await relay.send({ body: small(i) });
    for (let i = 0; i < 3; i++) expect((await relay.send({ body: small(i) })).status).toBe(402);
    const other = { ...PRINCIPAL, tenant: { ...PRINCIPAL.tenant, id: 'globex' } };
    expect((await relay.send({ principal: other })).headers['x-relay-provider']).toBe('a');
  });

  it('are asked at the same time as the limits, while the slot is held', async () => {
    await start({ limits: { a: { requestsPerMinute: 1_000 } } });
    const asked: string[] = [];
    let answer: () => void = () => undefined;
    const open = new Promise<void>((resolve) => (answer = resolve));
    for (const [name, store] of [
      ['budgets', Budgets],
      ['limits', RateLimits],
    ] as const) {
      const reserve = store.prototype.reserve as (...args: unknown[]) => unknown;
      jest.spyOn(store.prototype, 'reserve').mockImplementationOnce(async function (this: unknown, ...args: unknown[]) {
        asked.push(name);
        await open;
        return reserve.apply(this, args) as never;
      });
    }
    const sent = relay.send({ body: small(1) });
    await relay.clock.advanceAsync(0);
    expect(asked.sort()).toEqual(['budgets', 'limits']);
    answer();
    expect((await sent).status).toBe(200);
    jest.restoreAllMocks();
  });

  it('hold what calls under way are expected to cost', async () => {
    await start();
    relay.scheduler.free.set('a', 10);
    let finish: () => void = () => undefined;
    const open = new Promise<void>((resolve) => (finish = resolve));
    relay.providers.script('a', () => open.then(() => completed()));
    const asked = Array.from({ length: 10 }, (_, i) => relay.send({ body: small(i) }));
    finish();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    expect(statuses.filter((status) => status === 402)).toHaveLength(7);
  });

  it('do not count calls that failed', async () => {
    await start();
    relay.providers.script('a', fails);
    relay.providers.script('b', fails);
    for (let i = 0; i < 4; i++) expect((await relay.send({ body: small(i) })).status).toBe(502);
    relay.providers.script('a', succeeds);
    expect((await relay.send({ body: small(9) })).status).toBe(200);
  });

  it('let answers from the cache pass when they are used up', async () => {
    await start({ defaults: CACHED });
    for (let i = 0; i < 3; i++) await relay.send({ body: small(i) });
    expect((await relay.send({ body: small(4) })).status).toBe(402);
    const hit = await relay.send({ body: small(0) });
    expect([hit.status, hit.headers['x-relay-cache']]).toEqual([200, 'exact-l1']);
  });

  it('are settled, and the slot is given back, where an upstream tells nonsense of what it took', async () => {
    await start();
    const usage = { inputTokens: -5, cachedInputTokens: 0, outputTokens: -2.5, reasoningTokens: 0 };
    relay.providers.script('a', () => Promise.resolve(completed({ usage })));
    for (let i = 0; i < 8; i++) expect((await relay.send({ body: small(i) })).status).toBe(200);
    expect(relay.scheduler.free.get('a')).toBe(1);
  });

  it('fail no request where a bill cannot be made out', async () => {
    await start();
    relay.providers.script('a', () => {
      jest.spyOn(Prices.prototype, 'of').mockImplementationOnce(() => {
        throw new Error('no price list');
      });
      return Promise.resolve(completed());
    });
    for (let i = 0; i < 2; i++) expect((await relay.send({ body: small(i) })).status).toBe(200);
    expect(relay.scheduler.free.get('a')).toBe(1);
    jest.restoreAllMocks();
  });

  it('give the slot back even if settling fails', async () => {
    await start();
    jest.spyOn(CallPermit.prototype, 'end').mockImplementationOnce(() => {
      throw new Error('a fault of the relay');
    });
    await relay.send({ body: small(1) });
    expect(relay.scheduler.free.get('a')).toBe(1);
    jest.restoreAllMocks();
  });

  it('do not concern models without a price', async () => {
    await start({ models: [{ id: 'm', targets: TARGETS }] });
    for (let i = 0; i < 8; i++) expect((await relay.send({ body: small(i) })).status).toBe(200);
  });
});
