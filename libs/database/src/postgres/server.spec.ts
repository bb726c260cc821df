import { saySkipped } from '@relay/testing';
import { Socket } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import { Client } from 'pg';
import { dropPartitionsBefore, ensureDailyPartitions } from './daily-partitions';
import { dataSourceOptions } from './data-source.options';
import { openDataSource } from './data-source.factory';
import { QueueFactory } from '../queues/queue-factory.service';
import { scratchDatabase, startStores, type Scratch } from '../testing/scratch';

const serverUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = serverUrl ? describe : describe.skip;
if (!serverUrl) saySkipped('stores on PostgreSQL, because TEST_DATABASE_URL is not set');

/** A worker that listens hears of a job within a second or two. */
const DEAF_AFTER_MS = 12_000;
const MOST_WAITING = 50; // jobs

describePostgres('on a PostgreSQL server', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await scratchDatabase(serverUrl);
  });
  afterEach(() => scratch.remove());

  it('processes that start together on an empty database do not get in each other’s way', async () => {
    const options = dataSourceOptions(scratch.environment, null);
    const sources = await Promise.all(Array.from({ length: 3 }, () => openDataSource(options)));
    const applied = await sources[0]?.query('SELECT count(*)::int AS n FROM migrations');
    expect(applied).toEqual([{ n: sources[0]?.migrations.length }]);
    await Promise.all(sources.map((source) => source.destroy()));
  });

  it('a user who may not create the extension is told what to run', async () => {
    const client = new Client({ connectionString: scratch.environment.DATABASE_URL });
    await client.connect();
    const user = `relay_poor_${process.pid}`;
    const url = new URL(scratch.environment.DATABASE_URL ?? '');
    await client.query(`CREATE ROLE ${user} LOGIN PASSWORD 'poor'; GRANT ALL ON SCHEMA public TO ${user}`);
    try {
      url.username = user;
      url.password = 'poor';
      await expect(openDataSource(dataSourceOptions({ DATABASE_URL: url.href }, null))).rejects.toThrow(
        /CREATE EXTENSION vector/,
      );
      await client.query('CREATE EXTENSION vector');
      const source = await openDataSource(dataSourceOptions({ DATABASE_URL: url.href }, null));
      await source.destroy();
    } finally {
      await client.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
      await client.end();
    }
  });

  it('a day that is past its retention is left where somebody reads it for long, and dropped when nobody does', async () => {
    const source = await openDataSource(dataSourceOptions(scratch.environment, null));
    await ensureDailyPartitions(source, Date.parse('2026-01-01'), 2);
    const reader = new Client({ connectionString: scratch.environment.DATABASE_URL });
    await reader.connect();
    await reader.query('BEGIN; SELECT FROM request_traces_20260101');
    const payloads = ['request_payloads_20260101', 'request_payloads_20260102'];
    const before = Date.parse('2026-01-03');
    expect(await dropPartitionsBefore(source, before)).toEqual([...payloads, 'request_traces_20260102']);
    await reader.query('COMMIT');
    expect(await dropPartitionsBefore(source, before)).toEqual(['request_traces_20260101']);
    await reader.end();
    await source.destroy();
  });

  it.each([
    ['payloads before traces, as who writes them does', 'request_payloads', 'request_traces'],
    ['traces before payloads, as who reads them does', 'request_traces', 'request_payloads'],
  ])('a new day is prepared beside a statement that locks %s', async (_name, first, second) => {
    const source = await openDataSource(dataSourceOptions(scratch.environment, null));
    const [busy, watcher] = [1, 2].map(() => new Client({ connectionString: scratch.environment.DATABASE_URL }));
    if (!busy || !watcher) throw new Error('two of them');
    await Promise.all([busy.connect(), watcher.connect()]);
    await busy.query(`BEGIN; LOCK TABLE ${first} IN ROW EXCLUSIVE MODE`);
    const preparing = ensureDailyPartitions(source, Date.parse('2026-01-01'), 2);
    const waiting = `SELECT FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND NOT granted`;
    while ((await watcher.query(waiting)).rowCount === 0);
    await expect(busy.query(`LOCK TABLE ${second} IN ROW EXCLUSIVE MODE; COMMIT`)).resolves.toBeDefined();
    await expect(preparing).resolves.toBeUndefined();
    await Promise.all([busy.end(), watcher.end(), source.destroy()]);
  });

  it('a process that loses its connection while it waits for another one’s migrations says so', async () => {
    const admin = new Client({ connectionString: scratch.environment.DATABASE_URL });
    await admin.connect();
    await admin.query('SELECT pg_advisory_lock($1)', [0x4d494752]); // "MIGR": as another process that migrates
    const opening = openDataSource(dataSourceOptions(scratch.environment, null));
    const said = expect(opening).rejects.toThrow(/terminating connection/);
    let cut: number | null = 0;
    while (!cut) {
      const { rowCount } = await admin.query(
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event = 'advisory'`,
      );
      cut = rowCount;
    }
    await said;
    await admin.end();
  });

  it('every connection finds out within seconds that nobody is at the other end', async () => {
    const probes = jest.spyOn(Socket.prototype, 'setKeepAlive');
    const app = await startStores(scratch.environment);
    try {
      const worker = app.get(QueueFactory).worker('probes', () => Promise.resolve());
      await worker.waitUntilReady();
      await new Promise<void>((resolve) => worker.once('drained', resolve));
      const calls = probes.mock.calls;
      expect(calls.length).toBeGreaterThanOrEqual(3); // entities, queues, notifications
      expect(calls.filter(([on, delayMs]) => on !== true || delayMs !== 10_000)).toEqual([]);
    } finally {
      probes.mockRestore();
      await app.close();
    }
  });

  describe('an idle worker', () => {
    // A connection that is cut between its LISTEN and the wait on it is not missed by the library before the drain delay is over: five
    // seconds in a relay, an hour in the test below. That moment is met in one run of ten on a busy machine.
    jest.retryTimes(4, { logErrorsBeforeRetry: true });
    let app: INestApplicationContext;

    beforeEach(async () => {
      app = await startStores(scratch.environment);
    });
    afterEach(() => app.close());

    /** Cuts the connection that listens, once it does; resolves when the server has ended it. Rejects if nobody comes to listen. */
    async function cutListeningConnection(): Promise<void> {
      const admin = new Client({ connectionString: serverUrl });
      await admin.connect();
      const database = new URL(scratch.environment.DATABASE_URL ?? '').pathname.slice(1);
      const giveUpAt = performance.now() + DEAF_AFTER_MS / 2;
      let cut: number | null = 0;
      while (!cut && performance.now() < giveUpAt) {
        const { rowCount } = await admin.query(
          `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1 AND state = 'idle' AND query ~ '(^|\\n)LISTEN '`,
          [database],
        );
        cut = rowCount;
      }
      await admin.end();
      if (!cut) throw new Error('nobody listens any more');
    }

    it(
      'still hears of new jobs after its connection was cut, twice',
      async () => {
        const factory = app.get(QueueFactory);
        const queue = factory.queue<{ n: number }>('cut');
        let tell: (n: number) => void = () => undefined;
        const worker = factory.worker<{ n: number }>('cut', (job) => Promise.resolve(tell(job.data.n)), {
          drainDelay: 3_600,
        });
        for (const n of [1, 2]) {
          let isLost = false;
          worker.once('error', () => (isLost = true));
          while (!isLost) await cutListeningConnection(); // whichever listens: the one that the worker waits on among them
          await queue.drain();
          let heard = 0;
          tell = (number) => (heard = number);
          // A notification that is sent before the worker listens again is lost, so jobs are added until one is heard of:
          // with this drain delay nothing but a notification can wake the worker.
          for (let added = 1; heard !== n; added++) {
            await queue.add('job', { n });
            if (added % MOST_WAITING === 0) await queue.drain(); // else a slow worker is busy with those before
          }
        }
      },
      DEAF_AFTER_MS,
    );
  });
});
