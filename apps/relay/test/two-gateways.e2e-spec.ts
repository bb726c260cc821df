import { Redis } from 'ioredis';
import { completionJson, Gate, gatedReply, jsonReply, ScriptedUpstream, saySkipped } from '@relay/testing';
import { RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ACME_KEY, GLOBEX_KEY, ask, testConfig } from './test-config';

const databaseUrl = process.env.TEST_DATABASE_URL;
const redisUrl = process.env.TEST_REDIS_URL;
const describeServices = databaseUrl && redisUrl ? describe : describe.skip;
if (!databaseUrl || !redisUrl)
  saySkipped('two gateways, because TEST_DATABASE_URL and TEST_REDIS_URL are not both set');

const REDIS_DB = 7; // of its own, emptied before

describeServices('two gateways on one PostgreSQL and one Redis', () => {
  let upstream: ScriptedUpstream;
  let first: RelayProcess;
  let second: RelayProcess;

  let database: ScratchDatabase;

  beforeAll(async () => {
    const redis = new Redis(`${redisUrl}/${REDIS_DB}`);
    await redis.flushdb();
    await redis.quit();
    database = await ScratchDatabase.create(databaseUrl ?? '', 'gateways');
    upstream = await ScriptedUpstream.start();
    const env = {
      DATABASE_URL: database.url,
      REDIS_URL: `${redisUrl}/${REDIS_DB}`,
      RELAY_JWT_SECRET: 'a secret that both processes share, 32+',
    };
    const config = testConfig(upstream, { concurrency: 2 });
    first = await RelayProcess.start({ config, env });
    second = await RelayProcess.start({ config, env: { ...env, RELAY_ROLES: 'gateway' } });
  }, 120_000);
  afterAll(async () => {
    await Promise.all([first?.close(), second?.close()]);
    await upstream?.close();
    await database?.drop();
  });

  it('share answers through Redis', async () => {
    const body = ask('shared between processes');
    const original = Buffer.from(await (await first.post(ACME_KEY, body)).arrayBuffer());
    let reply = await second.post(ACME_KEY, body);
    while (reply.headers.get('x-relay-cache') === 'miss') reply = await second.post(ACME_KEY, body); // L2 is written in the background
    expect(reply.headers.get('x-relay-cache')).toBe('exact-l2');
    expect(Buffer.from(await reply.arrayBuffer()).equals(original)).toBe(true);
    expect((await second.post(ACME_KEY, body)).headers.get('x-relay-cache')).toBe('exact-l1');
    expect((await second.post(GLOBEX_KEY, body)).headers.get('x-relay-cache')).toBe('miss');
  });

  it('read what is stored with one command: who has it asks nobody who flies for it', async () => {
    const body = ask('stored by the first');
    await first.post(ACME_KEY, body);
    const key = (await first.post(ACME_KEY, body)).headers.get('x-relay-cache-entry');
    if (key === null) throw new Error('no hit');
    const redis = new Redis(`${redisUrl}/${REDIS_DB}`);
    while ((await redis.exists(`relay:cache:{${key}}`)) === 0) continue; // L2 is written in the background
    const monitor = await redis.monitor();
    const commands: string[] = [];
    const all = new Promise<void>((resolve) =>
      monitor.on('monitor', (_time: string, [command = '', ...args]: string[]) => {
        if (args.some((arg) => arg.includes(key))) commands.push(command.toLowerCase());
        if (args.includes('the end')) resolve();
      }),
    );
    expect((await second.post(ACME_KEY, body)).headers.get('x-relay-cache')).toBe('exact-l2');
    await redis.echo('the end');
    await all;
    monitor.disconnect();
    await redis.quit();
    expect(commands).toEqual(['get']);
  });

  it('answer every request of a crowd larger than the slots, and leave nothing in the queues', async () => {
    const gate = new Gate();
    upstream.respondWith(() => gatedReply(gate, jsonReply(completionJson('served'))));
    const calls = upstream.requests.length;
    const crowd = Array.from({ length: 40 }, (_, i) =>
      (i % 2 === 0 ? first : second).post(i % 4 < 2 ? ACME_KEY : GLOBEX_KEY, ask(`crowd ${i}`)),
    );
    await upstream.request(calls + 1);
    gate.open();
    const replies = await Promise.all(crowd);
    expect(replies.map((reply) => reply.status)).toEqual(replies.map(() => 200));
    const queues = replies.map((reply) => reply.headers.get('x-relay-queue'));
    expect(queues).toContain('short'); // somebody did wait
  }, 60_000);

  it('write into one set of traces, readable at either', async () => {
    const reply = await second.post(GLOBEX_KEY, ask('who saw me?'));
    const id = reply.headers.get('x-relay-trace-id');
    const admin = await first.admin();
    let rows = await admin.traces('tenant=globex');
    while (!rows.some((row) => row.id === id)) rows = await admin.traces('tenant=globex');
    expect(rows.find((row) => row.id === id)).toMatchObject({ tenant: 'globex', status: 'ok' });
  }, 30_000);
});
