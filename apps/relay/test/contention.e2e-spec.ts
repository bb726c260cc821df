import { completionJson, Gate, gatedReply, jsonReply, ScriptedUpstream } from '@relay/testing';
import { RelayProcess } from './relay-process';
import { ACME_KEY, GLOBEX_KEY, ask, testConfig } from './test-config';

const PER_TENANT = 10;

/** Until so many wait, or more; nobody, for 0. */
async function waitingIn(relay: RelayProcess, count: number): Promise<void> {
  const admin = await relay.admin();
  for (;;) {
    const { data } = await admin.request<{ data: { waiting: Record<string, number> | number }[] }>(
      'GET',
      '/api/queues',
    );
    const waiting = data.reduce((sum, pool) => {
      const { waiting: of } = pool;
      return sum + (typeof of === 'number' ? of : Object.values(of).reduce((a, b) => a + b, 0));
    }, 0);
    if (count === 0 ? waiting === 0 : waiting >= count) return;
  }
}

describe('one slot', () => {
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  let gate: Gate;
  let first: Promise<Response>;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    const scheduler = { maxQueuedPerTenant: PER_TENANT, maxQueued: 100 };
    relay = await RelayProcess.start({ config: testConfig(upstream, { concurrency: 1, scheduler }) });
  }, 90_000);
  afterAll(async () => {
    await relay?.close();
    await upstream?.close();
  });
  // The slot is taken and nothing is answered until the gate opens, so that everybody else has to wait.
  beforeEach(async () => {
    upstream.requests.length = 0;
    gate = new Gate();
    upstream.enqueue(gatedReply(gate, jsonReply(completionJson('first'))));
    first = relay.post(ACME_KEY, ask(`occupies the slot ${expect.getState().currentTestName}`));
    await upstream.request(1);
  });
  afterEach(() => gate.open());

  it('serves 20 concurrent requests of 2 tenants, all of them, in fair turns, and tells how long each waited', async () => {
    const waiting = [ACME_KEY, GLOBEX_KEY].flatMap((key, tenant) =>
      Array.from({ length: PER_TENANT }, (_, i) => relay.post(key, ask(`tenant ${tenant} request ${i}`))),
    );
    await waitingIn(relay, 2 * PER_TENANT);
    gate.open();
    const replies = await Promise.all([first, ...waiting]);
    expect(replies.map((reply) => reply.status)).toEqual(replies.map(() => 200));

    const order = upstream.requests.slice(1).map((request) => (request.rawBody.includes('tenant 0') ? 0 : 1));
    let ahead = 0;
    for (const tenant of order) {
      ahead += tenant === 0 ? 1 : -1;
      expect(Math.abs(ahead)).toBeLessThanOrEqual(3);
    }
    const admin = await relay.admin();
    const rows = (await admin.traces()).filter((row) => row.queue !== 'none');
    expect(rows).toHaveLength(2 * PER_TENANT);
    for (const row of rows) expect(row.queueMs).toBeGreaterThan(0);
    expect(replies.at(-1)?.headers.get('x-relay-queue')).toBe('short');
  }, 120_000);

  it('refuses with 429 overloaded and Retry-After once the queue is full, and lets nobody hang', async () => {
    const queued = Array.from({ length: PER_TENANT }, (_, i) => relay.post(ACME_KEY, ask(`queued ${i}`)));
    await waitingIn(relay, PER_TENANT);
    const refused = await relay.post(ACME_KEY, ask('one too many'));
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: { code: 'overloaded', type: 'rate_limit_error' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const polite = relay.post(GLOBEX_KEY, ask('another tenant still gets in line'));
    gate.open();
    const replies = await Promise.all([first, ...queued, polite]);
    expect(replies.map((reply) => reply.status)).toEqual(replies.map(() => 200));
  }, 120_000);

  it('gives up a waiting request whose client leaves, or whose deadline passes', async () => {
    const late = await relay.post(ACME_KEY, ask('in a hurry'), { 'x-relay-deadline-ms': '200' });
    expect(late.status).toBe(429);
    expect(await late.json()).toMatchObject({ error: { code: 'overloaded' } });
    const controller = new AbortController();
    const leaving = relay.openai(ACME_KEY).chat.completions.create(ask('leaves'), { signal: controller.signal });
    await waitingIn(relay, 1);
    controller.abort();
    await expect(leaving).rejects.toThrow();
    await waitingIn(relay, 0); // the relay has seen it as well
    gate.open();
    expect((await first).status).toBe(200);
    expect((await relay.post(ACME_KEY, ask('after them'))).status).toBe(200);
    expect(upstream.requests).toHaveLength(2); // neither of the two that were given up reached the upstream
  }, 120_000);
});
