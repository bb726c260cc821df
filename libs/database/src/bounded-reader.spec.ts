import { openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import type { DataSource } from 'typeorm';
import { Client } from 'pg';
import { BoundedReader } from './bounded-reader';
import { openDataSource } from './postgres/data-source.factory';
import { dataSourceOptions } from './postgres/data-source.options';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('statements with a bound on PostgreSQL, because TEST_DATABASE_URL is not set');

(databaseUrl ? describe : describe.skip)('a bounded reader on PostgreSQL', () => {
  let database: TestDatabase;
  let reader: BoundedReader;
  beforeAll(async () => {
    database = await openPostgres(databaseUrl ?? '', 'relay_bounded');
    reader = new BoundedReader(database.dataSource);
  }, 60_000);
  afterAll(() => database.close());

  it('leaves connections to what serves requests, however many questions take long', async () => {
    const url = database.url ?? '';
    const source = await openDataSource(dataSourceOptions({ DATABASE_URL: url }, null));
    const admin = await holdLock(url);
    const waiting = Array.from({ length: 12 }, () =>
      new BoundedReader(source).read('SELECT pg_advisory_xact_lock_shared($1)', [LOCK]),
    );
    try {
      expect(await source.query('SELECT 1 AS served')).toEqual([{ served: 1 }]);
    } finally {
      await admin.end();
      await Promise.all(waiting);
      await source.destroy();
    }
  });

  it('reads with its bound, which holds for nobody else, and changes nothing', async () => {
    expect(await reader.read(`SELECT current_setting('statement_timeout') AS bound, $1::int AS n`, [7], 4_000)).toEqual(
      [{ bound: '4s', n: 7 }],
    );
    const [{ bound }]: [{ bound: string }] = await database.dataSource.query(
      `SELECT current_setting('statement_timeout') AS bound`,
    );
    expect(bound).not.toBe('4s');
    await expect(reader.read('DELETE FROM usage_days', [])).rejects.toThrow('read-only');
  });
});

const LOCK = 4_711;

/** A connection that has the advisory lock until it ends. */
async function holdLock(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  return client;
}

it('says that no connection came free, rather than that the relay failed', async () => {
  const runner = {
    connect: () => Promise.reject(new Error('timeout exceeded when trying to connect')),
    release: () => Promise.resolve(),
  };
  const reader = new BoundedReader({ createQueryRunner: () => runner } as unknown as DataSource);
  await expect(reader.read('SELECT 1', [])).rejects.toMatchObject({ code: 'unavailable' });
});

it('says of a statement that took too long how to narrow it, and gives the connection back', async () => {
  let released = 0;
  const asked: string[] = [];
  const client = {
    query: (text: string) => {
      asked.push(text);
      return text === 'slow'
        ? Promise.reject(Object.assign(new Error('canceled'), { code: '57014' }))
        : Promise.resolve({});
    },
  };
  const runner = { connect: () => Promise.resolve(client), release: () => Promise.resolve(released++) };
  const reader = new BoundedReader({ createQueryRunner: () => runner } as unknown as DataSource);
  await expect(reader.read('slow', [], 3_000)).rejects.toMatchObject({
    ...{ code: 'unavailable', message: expect.stringMatching(/longer than 3 s\. Narrow it/) },
  });
  expect([asked.at(-1), released]).toEqual(['ROLLBACK', 1]);
});
