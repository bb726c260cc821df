import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ENVIRONMENT, environmentSchema, type ConfigStore } from '@relay/config';
import { QUEUES, type BatchJob } from '@relay/contracts';
import { systemClock } from '@relay/core';
import { QueueFactory, QueueModule, type RelayQueue, type RelayWorker } from '@relay/database';
import { openPostgres, saySkipped } from '@relay/testing';
import { BatchQueue } from './batch-queue';
import type { BatchStore, OpenBatch } from './batch-store';

const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
if (!databaseUrl) saySkipped('lanes of batches on PostgreSQL, because TEST_DATABASE_URL is not set');
if (!redisUrl) saySkipped('lanes of batches on Redis, because TEST_REDIS_URL is not set');

interface Place {
  readonly variables: Record<string, string>;
  remove(): Promise<void>;
}

const inFolder = (variables: Record<string, string>) => (): Promise<Place> => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-batch-queue-'));
  const remove = () => Promise.resolve(rmSync(folder, { recursive: true, force: true }));
  return Promise.resolve({ variables: { RELAY_DATA_DIR: folder, ...variables }, remove });
};
const onServer = (serverUrl: string) => async (): Promise<Place> => {
  const { url = '', close } = await openPostgres(serverUrl, 'relay_batch_queue');
  return { variables: { DATABASE_URL: url }, remove: close };
};
const backends: [string, () => Promise<Place>][] = databaseUrl
  ? [['PostgreSQL', onServer(databaseUrl)]]
  : [['PGlite', inFolder({})]];
if (redisUrl) backends.push(['Redis', inFolder({ REDIS_URL: redisUrl })]);

const LANES = 3;
const config = { current: { batches: { concurrency: 4 } } } as ConfigStore;

describe.each(backends)('lanes of batches on %s', (_name, open) => {
  const prefix = `{relay-test:${process.pid}:lanes}`;
  let place: Place;
  let app: INestApplicationContext;
  let queue: RelayQueue<BatchJob>;
  let worker: RelayWorker<BatchJob>;
  let ranks: Map<string, number>;
  let lanes: BatchQueue;

  beforeAll(async () => {
    place = await open();
    @Global()
    @Module({
      providers: [{ provide: ENVIRONMENT, useValue: environmentSchema.parse(place.variables) }],
      exports: [ENVIRONMENT],
    })
    class EnvironmentModule {}
    @Module({ imports: [EnvironmentModule, QueueModule] })
    class QueuesModule {}
    app = await NestFactory.createApplicationContext(QueuesModule, { logger: false, abortOnError: false });
    const factory = app.get(QueueFactory);
    queue = factory.queue<BatchJob>(QUEUES.batches, { prefix });
    worker = factory.worker<BatchJob>(QUEUES.batches, null, { prefix });
  }, 60_000);
  afterAll(async () => {
    await queue?.obliterate({ force: true });
    await app?.close();
    await place?.remove();
  });
  beforeEach(async () => {
    await queue.obliterate({ force: true });
    ranks = new Map();
    const opened = ([id, rank]: [string, number]): OpenBatch => ({ id, rank, total: 50_000 });
    const store: Pick<BatchStore, 'open' | 'openOne'> = {
      openOne: (id) => Promise.resolve(ranks.has(id) ? opened([id, ranks.get(id) ?? 0]) : null),
      open: async function* () {
        yield* await Promise.resolve([...ranks].map(opened));
      },
    };
    lanes = new BatchQueue(queue, store as BatchStore, config, systemClock);
  });

  /** Whose lane it is that had this turn; then it goes back. */
  const turn = async (): Promise<string | undefined> => {
    const job = await worker.getNextJob('token', { block: false });
    if (job) await lanes.giveTurn(job, 'token');
    return job?.data.batch;
  };
  const turns = async (count: number): Promise<(string | undefined)[]> => {
    const had: (string | undefined)[] = [];
    while (had.length < count) had.push(await turn());
    return had;
  };

  it('take turns, whoever came first: each batch gets on, the last one too', async () => {
    for (const id of ['a', 'b', 'c']) ranks.set(id, 1);
    await lanes.addLost();
    const first = await turns(3 * LANES);
    expect(first.sort()).toEqual(['a', 'b', 'c'].flatMap((id) => Array<string>(LANES).fill(id)));
    expect(new Set(await turns(3 * LANES))).toEqual(new Set(['a', 'b', 'c']));
  });

  it('of a tenant’s second batch go among the first ones when they have their turn as such', async () => {
    ranks.set('second', 2);
    await lanes.addLost();
    expect(await turn()).toBe('second');
    ranks.set('second', 1).set('other', 1);
    await turns(LANES);
    await lanes.addLost();
    expect(new Set(await turns(2 * LANES))).toEqual(new Set(['second', 'other']));
  });

  it('of a tenant’s second batch move up once its first has ended, without having had a turn', async () => {
    ranks.set('first', 1).set('second', 2);
    await lanes.addLost();
    expect(new Set(await turns(2 * LANES))).toEqual(new Set(['first']));
    ranks.delete('first');
    ranks.set('other', 1).set('second', 1);
    await lanes.addLost();
    expect(new Set(await turns(3 * LANES))).toContain('second');
  });
});
