import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  ExactCache,
  InvalidationQueue,
  Invalidations,
  InvalidationStore,
  SemanticStore,
  WarmingQueue,
  WarmingStore,
} from '@relay/cache';
import { ConfigStore, ENVIRONMENT, environmentSchema, relayConfigSchema, type RelayConfig } from '@relay/config';
import {
  policyDocumentSchema,
  QUEUES,
  type CacheInvalidation,
  type StartCacheInvalidation,
  type WarmCache,
  type Warming,
} from '@relay/contracts';
import { Cancellation, CLOCK, newTraceId, systemClock } from '@relay/core';
import { DatabaseModule, QueueModule, RedisModule } from '@relay/database';
import {
  completionJson,
  errorReply,
  Gate,
  gatedReply,
  jsonReply,
  openPostgres,
  saySkipped,
  ScriptedUpstream,
  type RecordedRequest,
  type TestDatabase,
  type UpstreamScript,
} from '@relay/testing';
import { Metrics } from '@relay/trace';
import { getQueueToken } from '@nestjs/bullmq';
import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { CacheMaintenance } from './cache-maintenance';
import { InvalidationProcessor } from './invalidating/invalidation.processor';
import { Remover } from './invalidating/remover';
import { MaintenanceProcessor } from './maintenance.processor';
import { WarmingProcessor } from './warming/warming.processor';
import { WorkerModule } from './worker.module';

const serverUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = serverUrl ? describe : describe.skip;
if (!serverUrl) saySkipped('the worker on PostgreSQL, because TEST_DATABASE_URL is not set');

type WarmBody = Extract<WarmCache['source'], { requests: unknown }>['requests'][number];

const COST_USD = '0.00000345'; // 11 tokens in, 3 out

function configFor(upstream: ScriptedUpstream): RelayConfig {
  const provider = {
    id: 'mock',
    kind: 'openai',
    baseUrl: upstream.baseUrl,
    apiKey: 'secret',
    preheat: { connections: 0 },
  };
  const price = { inputPerMTok: 0.15, outputPerMTok: 0.6 };
  const config = {
    providers: [provider],
    models: [{ id: 'small', targets: [{ provider: 'mock', model: 'mock-small' }], price }],
    tenants: [{ id: 'acme', keys: [{ name: 'ci', value: 'acme-key-for-tests' }] }],
  };
  const rules = [{ id: 'brief', when: '"brief" in request.tags', then: { decoding: { maxTokens: 7 } } }];
  const defaults = { cache: { exact: { enabled: true, ttl: '1h' } }, retries: { maxAttempts: 1 } };
  return {
    ...relayConfigSchema.parse(config),
    policy: policyDocumentSchema.parse({ name: 'test', version: 1, defaults, rules }),
  };
}

/** Refuses what is to fail. */
function answer(request: RecordedRequest): UpstreamScript {
  const isRefused = request.rawBody.includes('to fail');
  return isRefused ? errorReply(400, 'no such thing') : jsonReply(completionJson('Use the link.'));
}

@Module({})
class PlatformModule {}

@Module({})
class RootModule {}

/** A process of the role `worker` alone. */
function startWorker(databaseUrl: string, dataDir: string, config: RelayConfig): Promise<INestApplicationContext> {
  const environment = environmentSchema.parse({ DATABASE_URL: databaseUrl, RELAY_DATA_DIR: dataDir });
  const providers = [
    { provide: ENVIRONMENT, useValue: environment },
    { provide: ConfigStore, useValue: new ConfigStore(config, 'relay.yaml') },
    { provide: CLOCK, useValue: systemClock },
  ];
  const platform: DynamicModule = {
    ...{ module: PlatformModule, global: true, providers, exports: providers.map(({ provide }) => provide) },
    imports: [DatabaseModule, RedisModule, QueueModule],
  };
  const root: DynamicModule = { module: RootModule, imports: [platform, WorkerModule] };
  return NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
}

describePostgres('the worker, alone', () => {
  let database: TestDatabase;
  let dataDir: string;
  let upstream: ScriptedUpstream;
  let worker: INestApplicationContext;

  beforeAll(async () => {
    database = await openPostgres(serverUrl, 'relay_worker');
    dataDir = mkdtempSync(path.join(tmpdir(), 'relay-worker-'));
    upstream = await ScriptedUpstream.start(answer);
  }, 60_000);
  afterAll(async () => {
    await upstream.close();
    await database.close();
    rmSync(dataDir, { recursive: true });
  });
  beforeEach(async () => {
    upstream.requests.length = 0;
    worker = await start();
  }, 30_000);
  afterEach(() => worker.close());

  const start = (): Promise<INestApplicationContext> => startWorker(database.url ?? '', dataDir, configFor(upstream));
  const store = (): WarmingStore => worker.get(WarmingStore);
  const asking = (content: string): WarmBody => ({
    model: 'small',
    messages: [{ role: 'user', content }],
  });
  const create = async (source: WarmCache['source'], more: Partial<WarmCache> = {}): Promise<string> => {
    const request = { tenant: 'acme', source, ...more };
    const created = await database.dataSource.transaction((transaction) => store().create(request, transaction));
    if (!created.ok) throw created.error;
    return created.value.id;
  };
  /** As it is when its job has ended. */
  const run = async (source: WarmCache['source'], more?: Partial<WarmCache>): Promise<Warming | null> => {
    const ended = once(worker.get(WarmingProcessor).worker, 'completed');
    const id = await create(source, more);
    await worker.get(WarmingQueue).add(id);
    await ended;
    return store().find(id, null);
  };

  it('hears the errors of its workers', () => {
    for (const processor of [MaintenanceProcessor, WarmingProcessor, InvalidationProcessor])
      expect(worker.get(processor).worker.listenerCount('error')).toBe(1);
  });

  it('asks what it is given, as the tenant, and finds it in the cache the next time', async () => {
    const source = { requests: [asking('a'), { ...asking('b'), stream: true }, asking('a ')] };
    expect(await run(source)).toMatchObject({
      ...{ status: 'done', total: 3, asked: 3, cached: 0, failed: 0, reason: null, costUsd: '0.00001035' },
    });
    expect(upstream.requests.map((request) => request.json()['model'])).toEqual(Array(3).fill('mock-small'));
    expect(await run(source)).toMatchObject({ asked: 3, cached: 3, costUsd: '0' });
    expect(upstream.requests).toHaveLength(3);
  });

  it('asks as clients with tags do, and finds their answers', async () => {
    const requests = [asking('with tags')];
    expect(await run({ requests }, { tags: ['brief', 'faq'] })).toMatchObject({ asked: 1, failed: 0, errors: [] });
    expect(upstream.requests.map((request) => request.json()['max_tokens'])).toEqual([7]);
    expect(await run({ requests }, { tags: ['brief'] })).toMatchObject({ asked: 1, cached: 1 });
    expect(await run({ requests })).toMatchObject({ asked: 1, cached: 0 }); // another plan
  });

  it('says which request failed and why', async () => {
    const requests = [asking('well'), asking('one to fail'), { ...asking('who'), model: 'unheard-of' }];
    expect(await run({ requests })).toMatchObject({
      ...{ status: 'done', asked: 3, failed: 2 },
      errors: expect.arrayContaining([
        { request: 2, code: 'status_400', message: 'status 400: no such thing' },
        { request: 3, code: 'model_not_found', message: expect.stringContaining('unheard-of') },
      ]),
    });
  });

  it('asks what was asked most where requests are kept', async () => {
    const at = new Date(Date.now() - 60_000);
    const day = at.toISOString().slice(0, 10);
    for (const table of ['request_traces', 'request_payloads']) {
      await database.dataSource.query(
        `CREATE TABLE IF NOT EXISTS ${table}_${day.replaceAll('-', '')} PARTITION OF ${table}
         FOR VALUES FROM ('${day} 00:00:00+00') TO ('${new Date(Date.parse(day) + 86_400_000).toISOString()}')`,
      );
    }
    for (const [content, tenant] of [
      ['often', 'acme'],
      ['often', 'acme'],
      ['seldom', 'acme'],
      ['theirs', 'globex'],
      ['theirs', 'globex'],
    ] as const) {
      const id = newTraceId(at.getTime());
      await database.dataSource.query(
        `INSERT INTO request_traces (id, at, request_id, tenant, endpoint, status, http_status, stream, cache, queue, queue_ms, total_ms)
         VALUES ($1, $2, 'r', $3, '/v1/chat/completions', 'ok', 200, false, 'miss', 'none', 0, 1)`,
        [id, at, tenant],
      );
      await database.dataSource.query(`INSERT INTO request_payloads (trace_id, at, request) VALUES ($1, $2, $3)`, [
        ...[id, at, JSON.stringify(asking(content))],
      ]);
    }
    expect(await run({ traces: { days: 1, top: 1 } })).toMatchObject({ status: 'done', total: 1, asked: 1 });
    expect(upstream.requests.map((request) => request.json()['messages'])).toEqual([asking('often')['messages']]);
  });

  it('stops when its money is spent', async () => {
    const requests = Array.from({ length: 50 }, (_, n) => asking(`spend ${n}`));
    const warming = await run({ requests }, { maxUsd: Number(COST_USD) * 2 });
    expect(warming).toMatchObject({ status: 'done', reason: 'maxUsd is spent', failed: 0 });
    expect(warming?.asked).toBeLessThanOrEqual(2 + 3);
  });

  it('gives up where nothing is answered', async () => {
    const warming = await run({ requests: Array.from({ length: 60 }, (_, n) => asking(`${n}, to fail`)) });
    expect(warming).toMatchObject({ status: 'failed', reason: expect.stringContaining('20 requests in a row failed') });
    expect(warming?.failed).toBeLessThan(30);
  });

  it('leaves a warming that its end interrupts to the next worker', async () => {
    const gate = new Gate();
    upstream.enqueue(jsonReply(completionJson('ok')), gatedReply(gate, jsonReply(completionJson('late'))));
    const id = await create({ requests: [asking('first'), asking('held up')] });
    await worker.get(WarmingQueue).add(id);
    await gate.reached;
    await worker.close();
    gate.open();
    expect(await database.dataSource.query('SELECT status FROM cache_warmings WHERE id = $1', [id])).toEqual([
      { status: 'running' },
    ]);

    worker = await start();
    const ended = once(worker.get(WarmingProcessor).worker, 'completed');
    const job = await worker.get<Queue>(getQueueToken(QUEUES.cacheWarm)).getJob(id);
    await job?.promote(); // what waits for its next attempt
    await ended;
    expect(await store().find(id, null)).toMatchObject({ status: 'done', asked: 2, failed: 0 });
  });

  describe('the removal of what is void', () => {
    const EPOCH = 1_000;
    beforeEach(() => database.dataSource.query('TRUNCATE cache_invalidations, semantic_entries CASCADE'));

    /** Entries of the tenants whose requests began at an epoch. */
    const keep = (tenant: string, epoch: number, count: number): Promise<unknown> =>
      database.dataSource.query(
        `INSERT INTO semantic_entries (id, scope_id, owner, evidence, embedder_id, dimensions, embedding, prompt, answer, answer_id, codec,
           exact_key, key_id, labels, served_model, provider, source_trace, created_at, expires_at, stale_until, epoch, bytes)
         SELECT gen_random_uuid(), $1, 't:' || $1, 'e', 'm', 1, '[1]', 'p', '', gen_random_uuid(), 2, $2::text || ' ' || n, 'k', ARRAY['tenant:' || $1],
           's', 'p', 't', now(), now() + '1 hour', now() + '1 hour', $2::bigint, 1 FROM generate_series(1, $3::int) n`,
        [tenant, epoch, count],
      );
    const left = (): Promise<unknown[]> =>
      database.dataSource.query(
        'SELECT owner, epoch::int, count(*)::int FROM semantic_entries GROUP BY 1, 2 ORDER BY 1, 2',
      );
    const begin = async (named: StartCacheInvalidation = { tenant: 'acme' }): Promise<string> => {
      const created = await database.dataSource.transaction((transaction) =>
        worker.get(InvalidationStore).create(named, EPOCH, 3, transaction),
      );
      if (!created.ok) throw created.error;
      return created.value.id;
    };
    const ended = (): Promise<unknown> => once(worker.get(InvalidationProcessor).worker, 'completed');
    const find = (id: string): Promise<CacheInvalidation | null> => worker.get(InvalidationStore).find(id, null);

    it('takes what is older than the mark, whatever came since then, and tells how much that was', async () => {
      await keep('acme', EPOCH - 1, 1_200);
      await keep('acme', EPOCH, 2);
      await keep('globex', EPOCH - 1, 1);
      const counted = jest.spyOn(worker.get(InvalidationStore), 'noteTotal');
      jest.spyOn(worker.get(ExactCache), 'removeVoid').mockImplementation(async function* inRedis() {
        await Promise.resolve();
        yield 5;
      });
      const done = ended();
      const id = await begin();
      await worker.get(InvalidationQueue).add(id);
      await done;
      expect(counted).toHaveBeenCalledWith(id, { count: 1_200, atLeast: false });
      expect(await find(id)).toMatchObject({
        ...{ status: 'done', removed: 1_208, total: { count: 1_208, atLeast: false }, reason: null },
        endedAt: expect.any(String),
      });
      expect(await left()).toEqual([
        { owner: 't:acme', epoch: EPOCH, count: 2 },
        { owner: 't:globex', epoch: EPOCH - 1, count: 1 },
      ]);
      expect(worker.get(Invalidations).isVoid({ epoch: EPOCH - 1, labels: ['tenant:acme'] })).toBe(true);
    });

    it('is not done before others who remove the same have', async () => {
      for (const tenant of ['acme', 'globex']) await keep(tenant, EPOCH - 1, 3_000);
      const remover = worker.get(Remover);
      const ids = [await begin(), await begin(), await begin({ all: true })];
      const lefts = await Promise.all(
        ids.map(async (id) => {
          await remover.run(id, new Cancellation());
          return JSON.stringify(await left());
        }),
      );
      for (const found of lefts) expect(found).not.toContain('t:acme');
      expect(await left()).toEqual([]);
      const removed = await Promise.all(ids.map(async (id) => (await find(id))?.removed ?? 0));
      expect(removed.reduce((sum, count) => sum + count, 0)).toBe(6_000 + 3 * 3);
    });

    it('is left to the next worker when its own stops, which holds void what is still there', async () => {
      await keep('acme', EPOCH - 1, 1_200);
      const store = worker.get(InvalidationStore);
      const noteRemoved = store.noteRemoved.bind(store);
      const stopped = new Promise<void>((resolve) => {
        jest.spyOn(store, 'noteRemoved').mockImplementationOnce(async (...noted) => {
          await noteRemoved(...noted);
          void worker.get(InvalidationProcessor).onModuleDestroy().then(resolve); // in the middle
        });
      });
      const id = await begin();
      await worker.get(InvalidationQueue).add(id);
      await stopped;
      expect(await find(id)).toMatchObject({ status: 'running', removed: 503, total: { count: 1_203 } });
      await worker.close();
      expect(await left()).toEqual([{ owner: 't:acme', epoch: EPOCH - 1, count: 700 }]);

      worker = await start();
      const recounted = jest.spyOn(worker.get(InvalidationStore), 'noteTotal');
      expect(worker.get(Invalidations).isVoid({ epoch: EPOCH - 1, labels: ['tenant:acme'] })).toBe(true);
      const done = ended();
      const job = await worker.get<Queue>(getQueueToken(QUEUES.cacheInvalidate)).getJob(id);
      await job?.promote();
      await done;
      expect(await find(id)).toMatchObject({ status: 'done', removed: 1_203, total: { count: 1_203 } });
      expect(recounted).not.toHaveBeenCalled();
    });

    it('is taken up when its job was lost, and never ends before all is removed', async () => {
      await keep('acme', EPOCH - 1, 1);
      const away = jest.spyOn(worker.get(SemanticStore), 'removeBefore').mockImplementation(() => {
        throw new Error('the database is away');
      });
      const id = await begin();
      const job = { data: { invalidation: id }, attemptsMade: 19 };
      await expect(worker.get(InvalidationProcessor).process(job as never)).rejects.toThrow('away');
      expect(await find(id)).toMatchObject({ status: 'waiting', reason: expect.stringContaining('tried again') });
      away.mockRestore();
      const done = ended();
      await worker.get(CacheMaintenance).run();
      await done;
      expect(await find(id)).toMatchObject({ status: 'done', removed: 4, reason: null });
    });
  });

  it('tells metrics how the cache fares', async () => {
    await run({ requests: [asking('measured')] });
    await run({ requests: [asking('measured')] });
    const text = await worker.get(Metrics, { strict: false }).render();
    for (const line of [
      /^relay_cache_l1_entries [1-9]/m,
      /^relay_cache_l1_events_total\{event="hits"\} [1-9]/m,
      /^relay_cache_flight_events_total\{event="flown"\} [1-9]/m,
      /^relay_cache_flights\{of="flying"\} 0$/m,
      /^relay_cache_embedding_queue 0$/m,
      /^relay_cache_semantic_store_events_total\{event="failed_look_ups"\} 0$/m,
      /^relay_cache_label_events_total\{event="drift_alarms"\} 0$/m,
    ])
      expect(text).toMatch(line);
  });

  it('takes up warmings whose job was lost when it tends the cache', async () => {
    const id = await create({ requests: [asking('lost')] });
    const ended = once(worker.get(WarmingProcessor).worker, 'completed');
    await worker.get(CacheMaintenance).run();
    await ended;
    expect(await store().find(id, null)).toMatchObject({ status: 'done', asked: 1 });
  });

  it('tends the rest of the cache when a part of it cannot be tended, and says that it failed', async () => {
    await database.dataSource.query(
      `INSERT INTO semantic_entries (id, scope_id, owner, evidence, embedder_id, dimensions, embedding, prompt, answer, answer_id, codec,
         exact_key, key_id, labels, served_model, provider, source_trace, created_at, expires_at, stale_until, epoch, bytes)
       SELECT gen_random_uuid(), 's', 't:acme', 'e', 'm', 1, '[1]', 'p', '', gen_random_uuid(), 2, 'x', 'k', '{}', 's', 'p', 't', past, past, past, 0, 1
       FROM (SELECT now() - interval '1 hour') expired (past)`,
    );
    await database.dataSource.query('ALTER TABLE semantic_labels RENAME TO mislaid_labels');
    try {
      await expect(worker.get(CacheMaintenance).run()).rejects.toThrow('semantic_labels');
    } finally {
      await database.dataSource.query('ALTER TABLE mislaid_labels RENAME TO semantic_labels');
    }
    expect(await database.dataSource.query('SELECT id FROM semantic_entries')).toEqual([]);
  });
});
