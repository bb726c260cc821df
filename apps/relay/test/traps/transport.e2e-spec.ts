import { OPERATIONS, type Operation } from '@relay/contracts';
import {
  completionJson,
  deltaFrame,
  doneFrame,
  errorReply,
  Gate,
  gatedReply,
  jsonReply,
  neverAnswer,
  ScriptedUpstream,
  sseReply,
  steps,
} from '@relay/testing';
import { routeOf, STREAMED, streamBody, streamReply } from './route-examples';
import { ACME_KEY, FRESH, GLOBEX_KEY, TrapRelay, verdictOf } from './trap-relay';

const COUNTED_KEY = 'key-of-the-counted-tenant';
const HEAD_MS = 300;
const LONG_MS = 60_000;
const POLICY = { name: 'traps', version: 1, defaults: { retries: { maxAttempts: 3, budget: 1 } } };

describe('the way to the upstream', () => {
  let traps: TrapRelay;
  let upstream: ScriptedUpstream;
  let asked = 0;

  beforeAll(async () => {
    traps = await TrapRelay.start({
      config: { policy: POLICY },
      providers: {
        narrow: { limits: { concurrency: 1 } },
        'quick-head': { timeouts: { headersMs: HEAD_MS, idleMs: LONG_MS } },
        'quick-idle': { timeouts: { headersMs: LONG_MS, idleMs: HEAD_MS } },
        failing: {},
        limited: {},
      },
      tenants: [{ id: 'counted', limits: { requestsPerMinute: 1 }, keys: [{ name: 'ci', value: COUNTED_KEY }] }],
    });
    upstream = traps.upstream;
  }, 90_000);
  afterAll(() => traps.close());

  const question = (operation: Operation, model = 'any', more: object = {}): object =>
    routeOf(operation).body(`Question ${++asked}?`, { model, ...more });
  const post = (model: string, headers: Record<string, string> = {}, key = ACME_KEY): Promise<Response> =>
    traps.post('chat', question('chat', model), { ...FRESH, ...headers }, key);
  const nextRequest = () => upstream.request(upstream.requests.length + 1);

  describe('a client that leaves', () => {
    it.each(OPERATIONS)(
      'trap 26: an abort of %s in the line takes it out of the line, and the upstream is not asked',
      async (operation) => {
        const gate = new Gate();
        const arrived = nextRequest();
        upstream.enqueue(gatedReply(gate, jsonReply(completionJson('held'))));
        const first = post('narrow');
        await arrived;
        const before = upstream.requests.length;
        await traps.leave(operation, question(operation, 'narrow'), () => traps.waiting(1));
        await traps.waiting(0);
        gate.open();
        expect((await first).status).toBe(200);
        await traps.idle();
        expect(upstream.requests).toHaveLength(before);
      },
    );

    it.each(OPERATIONS)(
      'trap 26: an abort of %s while the upstream is silent ends its call and frees the slot',
      async (operation) => {
        const arrived = nextRequest();
        upstream.enqueue(neverAnswer());
        await traps.leave(operation, question(operation, 'narrow'), () => arrived);
        await (
          await arrived
        ).aborted;
        await traps.idle();
      },
    );

    it.each(OPERATIONS)('trap 26: an abort of %s in the middle of a whole answer likewise', async (operation) => {
      const arrived = nextRequest();
      const half = new Gate();
      upstream.enqueue(steps(['{"id":', half], { headers: { 'content-type': 'application/json' } }));
      await traps.leave(operation, question(operation, 'narrow'), () => half.reached);
      await (
        await arrived
      ).aborted;
      half.open();
      await traps.idle();
    });

    it.each(STREAMED)('trap 26: an abort of %s in the middle of a stream likewise', async (operation) => {
      const { stream } = routeOf(operation);
      const arrived = nextRequest();
      const middle = new Gate();
      upstream.enqueue(streamReply(operation, [...(stream?.opening ?? []), stream?.content ?? '', middle]));
      await traps.leave(operation, streamBody(operation, `Question ${++asked}?`, 'narrow'), () => middle.reached);
      await (
        await arrived
      ).aborted;
      middle.open();
      await traps.idle();
    });

    it('trap 26: an abort while the relay waits for another try makes no other try', async () => {
      const before = upstream.requests.length;
      upstream.enqueue(errorReply(503, 'restarting', { 'retry-after': '2' }));
      const from = new Date().toISOString();
      await traps.leave('chat', question('chat', 'narrow'), async () => (await upstream.request(before + 1)).finished);
      await traps.idle();
      let rows = await traps.admin.traces(`status=aborted&from=${from}`);
      while (rows.length === 0) rows = await traps.admin.traces(`status=aborted&from=${from}`);
      expect(rows).toMatchObject([{ attempts: 1, errorCode: 'client_closed' }]);
      expect(upstream.requests).toHaveLength(before + 1);
      await traps.heal('narrow');
    });
  });

  it('trap 27: the time to the head of a reply and the time between its pieces are bounded apart', async () => {
    const [middle, head] = [new Gate(), new Gate()];
    upstream.enqueue(sseReply([deltaFrame({ content: 'Hello' }), middle, deltaFrame({}, 'stop'), doneFrame()]));
    const slowPieces = traps.post('chat', streamBody('chat', 'Slow pieces', 'quick-head'), FRESH);
    await middle.reached;
    upstream.enqueue(gatedReply(head, jsonReply(completionJson('late'))));
    const arrived = nextRequest();
    const slowHead = post('quick-idle');
    await arrived;
    // While these two are silent for longer, the bound of the other kind ends each of these.
    upstream.enqueue(neverAnswer(), neverAnswer(), neverAnswer());
    expect(await verdictOf(await post('quick-head'))).toEqual([504, 'upstream_timeout']);
    upstream.enqueue(sseReply([deltaFrame({ content: 'Hel' }), 'STALL']));
    const stalled = await traps.post('chat', streamBody('chat', 'Stalls', 'quick-idle'), FRESH);
    expect(await stalled.text()).toContain('upstream_timeout');
    middle.open();
    head.open();
    expect(await (await slowPieces).text()).toContain('[DONE]');
    expect((await slowHead).status).toBe(200);
    await traps.heal('quick-head', 'quick-idle');
  });

  describe('an upstream that says when to come again', () => {
    /** Answers with these, then well; when each call came, in ms since the one before. */
    async function pauses(...retryAfter: readonly (() => Record<string, string>)[]): Promise<number[]> {
      const came: number[] = [];
      const left = [...retryAfter];
      upstream.respondWith(() => {
        came.push(performance.now());
        const headers = left.shift()?.();
        return headers ? errorReply(503, 'restarting', headers) : jsonReply(completionJson('back'));
      });
      expect((await post('any')).status).toBe(200);
      await traps.heal();
      return came.slice(1).map((at, i) => at - (came[i] ?? 0));
    }

    it.each<[string, () => Record<string, string>, number]>([
      ['in seconds', () => ({ 'retry-after': '1' }), 1_000],
      ['in ms', () => ({ 'retry-after-ms': '400', 'retry-after': '60' }), 400],
      ['as a date', () => ({ 'retry-after': new Date(Date.now() + 2_000).toUTCString() }), 900],
    ])('trap 28: is believed %s', async (_how, headers, least) => {
      const [pause = 0] = await pauses(headers);
      expect(pause).toBeGreaterThanOrEqual(least);
      expect(pause).toBeLessThan(least * 1.25 + 2_000);
    });

    it('trap 28: is listened to again at each attempt', async () => {
      const [first = 0, second = 0] = await pauses(
        () => ({ 'retry-after-ms': '600' }),
        () => ({ 'retry-after-ms': '10' }),
      );
      expect(first).toBeGreaterThanOrEqual(600);
      expect(second).toBeLessThan(600); // its own back-off, of 200 ms
    });

    it('trap 28: is believed for five minutes at most, and told on where nobody waits so long', async () => {
      upstream.enqueue(errorReply(429, 'slow down', { 'retry-after': '86400' }));
      const reply = await post('limited');
      expect(await verdictOf(reply)).toEqual([429, 'upstream_rate_limited']);
      expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(300);
      await traps.heal('limited');
    });
  });

  it('trap 29: what the relay itself refuses says when to come again, with 429 and with 503', async () => {
    upstream.respondWith(() => jsonReply(completionJson('served')));
    await post('any', {}, COUNTED_KEY);
    const limited = await post('any', {}, COUNTED_KEY);
    expect(await verdictOf(limited)).toEqual([429, 'rate_limited']);

    const gate = new Gate();
    const arrived = nextRequest();
    upstream.enqueue(gatedReply(gate, jsonReply(completionJson('held'))));
    const first = post('narrow');
    await arrived;
    const late = await post('narrow', { 'x-relay-deadline-ms': '100' });
    expect(await verdictOf(late)).toEqual([429, 'overloaded']);
    gate.open();
    await first;

    upstream.respondWith(() => errorReply(500, 'down'));
    let down = await post('failing');
    for (let i = 0; i < 8 && down.status !== 503; i++) down = await post('failing');
    expect(await verdictOf(down)).toEqual([503, 'unavailable']);
    for (const { headers } of [limited, late, down]) expect(headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    upstream.respondWith(() => jsonReply(completionJson('served')));
    await traps.heal('failing');
  });

  it.each(OPERATIONS)('trap 30: a 400 to %s goes to the client as it is, and to no other target', async (operation) => {
    const before = traps.spare.requests.length;
    const said = {
      error: {
        message: 'context too long',
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        param: 'input',
      },
    };
    upstream.enqueue(jsonReply(said, { status: 400 }));
    const reply = await traps.post(operation, question(operation, 'backed'), FRESH);
    expect([reply.status, await reply.json()]).toEqual([400, said]);
    expect(await traps.traceOf(reply)).toMatchObject({ httpStatus: 400, attempts: 1 });
    expect(traps.spare.requests).toHaveLength(before);
  });

  it('trap 33b: one 429 of the upstream stalls no other tenant, however long it asks for', async () => {
    const wish = errorReply(429, 'slow down', { 'retry-after': '3600' });
    upstream.enqueue(wish);
    expect((await post('limited')).status).toBe(429);
    const from = performance.now();
    let reply = await post('limited', {}, GLOBEX_KEY);
    while (reply.status !== 200) {
      expect(reply.status).toBe(429); // at once, no hang
      reply = await post('limited', {}, GLOBEX_KEY);
    }
    expect(performance.now() - from).toBeLessThan(5_000);

    upstream.enqueue(wish);
    const backed = await post('backed');
    const other = await post('backed', {}, GLOBEX_KEY);
    expect([backed, other].map(({ status, headers }) => [status, headers.get('x-relay-provider')])).toEqual([
      [200, 'spare'],
      [200, 'spare'],
    ]);
    await traps.heal('limited');
  });
});
