import type { PoolPage } from '@relay/contracts';
import {
  completionJson,
  deltaFrame,
  doneFrame,
  Gate,
  gatedReply,
  jsonReply,
  saySkipped,
  ScriptedUpstream,
  sseReply,
  type UpstreamScript,
} from '@relay/testing';
import { Redis } from 'ioredis';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import OpenAI from 'openai';
import { type AdminClient, RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ACME_KEY, ask, GLOBEX_KEY, testConfig } from './test-config';

/** Opening them is most of the time that a whole crowd takes. */
const CROWD = process.env.TEST_SCOPE === 'core' ? 2_000 : 10_000;
/** What the relay may hold for a request that waits, connection and body included, at most; it is about 40 kB. */
const MAX_BYTES_A_REQUEST = 150_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000; // no wait is too long for it
const AS_WANTED_WITHIN_MS = 120_000;

type PoolState = PoolPage['data'][number];

const held = (gate: Gate): UpstreamScript => gatedReply(gate, jsonReply(completionJson('held')));

/** Asks for the pool until it is as wanted. */
async function pool(admin: AdminClient, wanted: (pool: PoolState) => boolean): Promise<PoolState> {
  const giveUpAt = performance.now() + AS_WANTED_WITHIN_MS;
  for (;;) {
    const { data } = await admin.request<PoolPage>('GET', '/api/queues');
    const found = data.find(wanted);
    if (found) return found;
    if (performance.now() > giveUpAt) throw new Error(`the pool is not as wanted: ${JSON.stringify(data)}`);
  }
}

const waitingIn = ({ waiting }: PoolState): number => waiting.short + waiting.long;
const someWait = (count: number) => (state: PoolState) => waitingIn(state) === count;
const quiet = (state: PoolState): boolean => waitingIn(state) === 0 && state.inUse === 0;

async function residentBytes(relay: RelayProcess): Promise<number> {
  const text = await (await fetch(`${relay.url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1]);
}

/** Asks for an answer within a millisecond, and sends the question when that is over: status and code of the refusal. */
async function refusalOfLateBody({ url }: RelayProcess): Promise<[number, string]> {
  const body = JSON.stringify(ask('late'));
  const headers = {
    authorization: `Bearer ${ACME_KEY}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-relay-deadline-ms': '1',
    expect: '100-continue', // said by the relay once it has the headers, from which the deadline counts
  };
  const asked = request(`${url}/v1/chat/completions`, { method: 'POST', headers });
  const replied = once(asked, 'response') as Promise<[IncomingMessage]>;
  asked.flushHeaders();
  await once(asked, 'continue');
  for (const over = performance.now() + 2; performance.now() < over;);
  asked.end(body);
  const [reply] = await replied;
  const { error } = (await json(reply)) as { error: { code: string } };
  return [reply.statusCode ?? 0, error.code];
}

describe('one slot, over HTTP', () => {
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  let admin: AdminClient;
  const occupants: Gate[] = [];
  const crowd: Socket[] = [];

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    const scheduler = { maxQueuedPerTenant: CROWD, maxQueued: 2 * CROWD };
    const policy = { name: 'no-cache', version: 1, defaults: { cache: { exact: { enabled: false } } } };
    relay = await RelayProcess.start({ config: testConfig(upstream, { concurrency: 1, scheduler, policy }) });
    admin = await relay.admin();
  }, 90_000);
  afterAll(async () => {
    await relay?.close();
    await upstream?.close();
  }, 60_000);
  afterEach(async () => {
    for (const gate of occupants.splice(0)) gate.open();
    for (const socket of crowd.splice(0)) socket.destroy();
    await pool(admin, quiet); // whatever a test does leaves nothing behind
    upstream.requests.length = 0;
  }, AS_WANTED_WITHIN_MS);

  /** Takes the slot until the gate opens. */
  async function occupy(): Promise<{ gate: Gate; answer: Promise<Response> }> {
    const gate = new Gate();
    occupants.push(gate);
    upstream.enqueue(held(gate));
    const answer = relay.post(ACME_KEY, ask('holds the slot'));
    await upstream.request(1);
    return { gate, answer };
  }

  const servedAfterTheFirst = (): string[] =>
    upstream.requests
      .slice(1)
      .map(({ rawBody }) => /(?:batch|standard|interactive)/.exec(rawBody.toString())?.[0] ?? '?');

  it(
    'serves interactive before standard before batch work of a tenant, in whatever order they came',
    async () => {
      const { gate, answer } = await occupy();
      const waiting: Promise<unknown>[] = [];
      for (const priority of ['batch', 'standard', 'interactive', 'batch', 'standard', 'interactive']) {
        const headers = { 'x-relay-priority': priority };
        const question = ask(`${priority} work ${waiting.length}`);
        waiting.push(relay.openai(ACME_KEY).chat.completions.create(question, { headers }));
        await pool(admin, someWait(waiting.length));
      }
      const { waitingByLevel } = await pool(admin, someWait(6));
      expect(waitingByLevel).toEqual({ interactive: 2, standard: 2, batch: 2 });
      gate.open();
      await Promise.all([answer, ...waiting]);
      expect(servedAfterTheFirst()).toEqual(['interactive', 'interactive', 'standard', 'standard', 'batch', 'batch']);
    },
    MINUTE_MS,
  );

  it(
    'lets the batch work of one tenant take turns with the interactive work of another: levels are a matter within a tenant',
    async () => {
      const { gate, answer } = await occupy();
      const send = (key: string, priority: string, i: number) =>
        relay.post(key, ask(`${priority} work ${i}`), { 'x-relay-priority': priority });
      const waiting = [1, 2, 3, 4].flatMap((i) => [send(ACME_KEY, 'batch', i), send(GLOBEX_KEY, 'interactive', i)]);
      await pool(admin, someWait(8));
      gate.open();
      await Promise.all([answer, ...waiting]);
      const firstFour = servedAfterTheFirst().slice(0, 4);
      expect(firstFour).toContain('batch');
      expect(firstFour).toContain('interactive');
    },
    MINUTE_MS,
  );

  it(
    'holds the slot of a stream until its last byte, and frees it when its client leaves',
    async () => {
      const [middle, never] = [new Gate(), new Gate()];
      upstream.enqueue(
        sseReply([deltaFrame({ content: 'begun' }), middle, deltaFrame({}, 'stop'), doneFrame()]),
        sseReply([deltaFrame({ content: 'begun' }), never]),
      );
      const client = relay.openai(ACME_KEY);
      const stream = await client.chat.completions.create({ ...ask('first'), stream: true });
      await middle.reached;
      const controller = new AbortController();
      const left = client.chat.completions.create({ ...ask('second'), stream: true }, { signal: controller.signal });
      const third = client.chat.completions.create(ask('third'));
      await pool(admin, (state) => someWait(2)(state) && state.inUse === 1);
      expect(upstream.requests).toHaveLength(1);
      middle.open();
      for await (const chunk of stream) expect(chunk.object).toBe('chat.completion.chunk');
      await left;
      await never.reached;
      expect(upstream.requests).toHaveLength(2);
      controller.abort();
      expect((await third).choices).toHaveLength(1);
      never.open();
    },
    MINUTE_MS,
  );

  it.each([
    ...['-1', '0', '1.5', '1e3', 'NaN', 'Infinity', '99999999', '3600001', '２０００', '0x10', '5, 5'].map(
      (value) => ['x-relay-deadline-ms', value] as const,
    ),
    ...['urgent', '0', '-1', '99999999999999999999', 'interactive;batch', 'interactive, batch', '__proto__'].map(
      (value) => ['x-relay-priority', value] as const,
    ),
  ])('refuses %s: %s with a 400 that names the header', async (header, value) => {
    const reply = await relay.post(ACME_KEY, ask('x'), { [header]: Buffer.from(value).toString('latin1') });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({
      error: { code: 'invalid_request', message: expect.stringContaining(header) as string },
    });
    expect(upstream.requests).toHaveLength(0);
  });

  it(
    'answers 429 overloaded with Retry-After when the deadline is over before a slot is free, and 504 where no answer could be in time',
    async () => {
      const { gate, answer } = await occupy();
      const errorWithin = async (deadlineMs: string): Promise<InstanceType<typeof OpenAI.APIError>> => {
        const headers = { 'x-relay-deadline-ms': deadlineMs };
        const call = relay.openai(ACME_KEY).chat.completions.create(ask(`within ${deadlineMs}`), { headers });
        return call.then(
          () => Promise.reject(new Error('answered')),
          (error: unknown) => error as InstanceType<typeof OpenAI.APIError>,
        );
      };
      const late = await errorWithin('100');
      expect([late.status, late.code]).toEqual([429, 'overloaded']);
      expect(Number(late.headers?.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await refusalOfLateBody(relay)).toEqual([504, 'upstream_timeout']);
      gate.open();
      await answer;
      expect(upstream.requests).toHaveLength(1);
    },
    MINUTE_MS,
  );

  it(
    `frees everything of a client that opens ${CROWD} requests and leaves, streams too, and serves others meanwhile`,
    async () => {
      const before = await residentBytes(relay);
      const { gate, answer } = await occupy();
      for (let i = 0; i < CROWD; i++) crowd.push(rawRequest(relay, ask(`crowd ${i}`, { stream: i % 2 === 0 })));
      await pool(admin, someWait(CROWD));
      expect((await residentBytes(relay)) - before).toBeLessThan(CROWD * MAX_BYTES_A_REQUEST);
      const other = relay.post(GLOBEX_KEY, ask('from another tenant'));
      await pool(admin, someWait(CROWD + 1));
      const next = new Gate();
      upstream.enqueue(held(next), held(next), held(next));
      gate.open();
      expect((await answer).status).toBe(200);
      const second = await upstream.request(2);
      for (const socket of crowd.splice(0)) socket.destroy();
      next.open();
      expect((await other).status).toBe(200);
      expect(second.rawBody.toString()).toMatch(/crowd|from another tenant/);
      expect(await pool(admin, quiet)).toMatchObject({ inUse: 0, tenants: [] });
      expect(upstream.requests.length).toBeLessThanOrEqual(4);
      expect((await relay.post(ACME_KEY, ask('after the crowd'))).status).toBe(200);
    },
    5 * MINUTE_MS,
  );
});

/** A whole request on a connection of its own, whose reply nobody reads. */
function rawRequest(relay: RelayProcess, body: object): Socket {
  const { hostname, port } = new URL(relay.url);
  const text = JSON.stringify(body);
  const socket = connect(Number(port), hostname, () =>
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: relay\r\nauthorization: Bearer ${ACME_KEY}\r\n` +
        `content-type: application/json\r\nx-relay-deadline-ms: ${HOUR_MS}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    ),
  );
  return socket.on('error', () => undefined);
}

const databaseUrl = process.env.TEST_DATABASE_URL;
const redisUrl = process.env.TEST_REDIS_URL;
const describeServices = databaseUrl && redisUrl ? describe : describe.skip;
if (!databaseUrl || !redisUrl)
  saySkipped('kill -9 of a gateway that holds slots, because TEST_DATABASE_URL and TEST_REDIS_URL are not both set');

const REDIS_DB = 8; // of its own, emptied before
const SLOTS_BACK_WITHIN_MS = 15_000;

describeServices('kill -9 of one of two gateways', () => {
  it(`gives its slots to the other one within ${SLOTS_BACK_WITHIN_MS / 1_000} s, and takes nothing else with it`, async () => {
    const redis = new Redis(`${redisUrl}/${REDIS_DB}`);
    await redis.flushdb();
    await redis.quit();
    const database = await ScratchDatabase.create(databaseUrl ?? '', 'slots');
    const upstream = await ScriptedUpstream.start();
    const env = { DATABASE_URL: database.url, REDIS_URL: `${redisUrl}/${REDIS_DB}` };
    const config = testConfig(upstream, { concurrency: 2 });
    const dying = await RelayProcess.start({ config, env: { ...env, RELAY_ROLES: 'gateway' } });
    const survivor = await RelayProcess.start({
      config,
      env: { ...env, RELAY_JWT_SECRET: 'a secret of 32 characters or more' },
    });
    try {
      const admin = await survivor.admin();
      await pool(admin, ({ processes }) => processes === 2);
      const gates = Array.from({ length: 4 }, () => new Gate());
      upstream.enqueue(...gates.map(held));
      const lost = Promise.allSettled([1, 2].map((i) => dying.post(ACME_KEY, ask(`dies ${i}`))));
      await upstream.request(2); // both slots, wherever they came from
      const kept = [1, 2].map((i) => survivor.post(GLOBEX_KEY, ask(`is kept ${i}`)));
      await pool(admin, someWait(2));
      await dying.kill('SIGKILL');
      const killedAt = performance.now();
      expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await upstream.request(4); // both slots again, at the same time
      expect(performance.now() - killedAt).toBeLessThan(SLOTS_BACK_WITHIN_MS);
      for (const gate of gates) gate.open();
      expect((await Promise.all(kept)).map(({ status }) => status)).toEqual([200, 200]);
      expect(await pool(admin, (state) => quiet(state) && state.limit === 2)).toMatchObject({ inUse: 0 });
    } finally {
      await Promise.all([dying.close(), survivor.close()]);
      await upstream.close();
      await database.drop();
    }
  }, 90_000);
});
