import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dropPartitionsBefore, ensureDailyPartitions } from './postgres/daily-partitions';
import { DatabaseHealth } from './postgres/database.health';
import { startStores, type Scratch } from './testing/scratch';

const DAY = '2026-11-21';
const AT = Date.parse(`${DAY}T23:59:59.999Z`);

const INSERT_TRACE = `INSERT INTO request_traces (id, at, request_id, status, http_status, stream, cache, queue, queue_ms, total_ms)
  VALUES (gen_random_uuid(), $1, 'r', 'ok', 200, false, 'miss', 'none', 0, 1)`;

/** What every database of the relay does, whichever it is. */
export function databaseContract(open: () => Promise<Scratch>): void {
  let scratch: Scratch;
  let app: INestApplicationContext;
  let db: DataSource;

  const rows = <T>(sql: string, values: unknown[] = []): Promise<T[]> => db.query(sql, values);
  const tables = async (pattern: string): Promise<string[]> =>
    (
      await rows<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relname ~ $1 AND relkind = 'r' ORDER BY 1`,
        [pattern],
      )
    ).map((row) => row.name);

  beforeAll(async () => {
    scratch = await open();
    app = await startStores(scratch.environment);
    db = app.get(DataSource);
  }, 60_000);

  afterAll(async () => {
    await app?.close();
    await scratch?.remove();
  });

  it('has every migration, and applying them again changes nothing', async () => {
    const applied = await rows('SELECT * FROM migrations');
    expect(applied).toHaveLength(db.migrations.length);
    await expect(db.runMigrations()).resolves.toEqual([]);
  });

  it('answers a health check', async () => {
    await expect(app.get(DatabaseHealth).ping()).resolves.toBeUndefined();
  });

  it('finds the nearest half-precision vector through an HNSW index', async () => {
    await db.query('CREATE TABLE points (id int, v halfvec(3))');
    await db.query('CREATE INDEX ON points USING hnsw (v halfvec_cosine_ops)');
    await db.query(`INSERT INTO points VALUES (1, '[1,0,0]'), (2, '[0,1,0]'), (3, '[0,0.9,0.1]')`);
    const nearest = await rows<{ id: number }>(`SELECT id FROM points ORDER BY v <=> '[0,0,1]' LIMIT 1`);
    expect(nearest).toEqual([{ id: 3 }]);
  });

  it('keeps one user for an address, however it is spelt, and only known roles', async () => {
    const insert = `INSERT INTO users (id, email, password_hash, role) VALUES (gen_random_uuid(), $1, 'x', $2)`;
    await db.query(insert, ['Ann@Example.org', 'owner']);
    await expect(db.query(insert, ['ann@example.ORG', 'viewer'])).rejects.toMatchObject({ code: '23505' });
    await expect(db.query(insert, ['bob@example.org', 'god'])).rejects.toMatchObject({ code: '23514' });
  });

  it("deletes a tenant's keys with the tenant", async () => {
    await db.query(`INSERT INTO tenants (id, name) VALUES ('acme', 'Acme')`);
    await db.query(
      `INSERT INTO api_keys (id, tenant_id, name, prefix, hash, scopes) VALUES (gen_random_uuid(), 'acme', 'ci', 'rk-abc', '\\x01', '{inference}')`,
    );
    await db.query(`DELETE FROM tenants WHERE id = 'acme'`);
    expect(await rows('SELECT 1 FROM api_keys')).toEqual([]);
  });

  describe('daily partitions', () => {
    it('take a row of a prepared UTC day, to its last millisecond, and refuse one of a day nobody prepared', async () => {
      await ensureDailyPartitions(db, AT, 1);
      await expect(db.query(INSERT_TRACE, [new Date(AT)])).resolves.toBeDefined();
      await expect(db.query(INSERT_TRACE, [new Date(AT + 1)])).rejects.toThrow(/no partition/);
      const [row] = await rows<{ place: string }>('SELECT tableoid::regclass::text AS place FROM request_traces');
      expect(row?.place).toBe('request_traces_20261121');
    });

    it('may be prepared many times at once', async () => {
      await Promise.all(Array.from({ length: 8 }, () => ensureDailyPartitions(db, AT, 4)));
      expect(await tables('^request_traces_2026112[1-4]$')).toHaveLength(4);
      expect(await tables('^request_payloads_2026112[1-4]$')).toHaveLength(4);
    });

    it('trap 54: are dropped before a day, that day excluded, by two at once without error', async () => {
      await ensureDailyPartitions(db, Date.parse('2026-10-30'), 3);
      const limit = new Date('2026-11-01T15:00:00Z');
      const dropped = await Promise.all([dropPartitionsBefore(db, limit), dropPartitionsBefore(db, limit)]);
      expect(new Set(dropped.flat())).toEqual(
        new Set([
          'request_payloads_20261030',
          'request_payloads_20261031',
          'request_traces_20261030',
          'request_traces_20261031',
        ]),
      );
      expect(await tables('^request_traces_202610')).toEqual([]);
      expect(await tables('^request_traces_20261101$')).toHaveLength(1);
    });

    it('are dropped also where they were taken off their table before, and nothing more was done', async () => {
      await ensureDailyPartitions(db, Date.parse('2026-10-29'), 1);
      await db.query('ALTER TABLE request_traces DETACH PARTITION request_traces_20261029');
      await dropPartitionsBefore(db, Date.parse('2026-10-30'));
      expect(await tables('_20261029$')).toEqual([]);
    });

    it('are not made without a sensible number of days', async () => {
      await expect(ensureDailyPartitions(db, AT, 0)).rejects.toThrow(RangeError);
      await expect(ensureDailyPartitions(db, AT, 1_000)).rejects.toThrow(RangeError);
    });
  });

  describe('transactions', () => {
    beforeAll(() => db.query('CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)'));
    beforeEach(() => db.query('TRUNCATE counters'));

    it('leave nothing behind when they fail', async () => {
      const failed = db.transaction(async (manager) => {
        await manager.query('INSERT INTO counters VALUES (1, 1)');
        throw new Error('changed my mind');
      });
      await expect(failed).rejects.toThrow('changed my mind');
      expect(await rows('SELECT * FROM counters')).toEqual([]);
    });

    it('show others nothing half-done', async () => {
      let seen: Promise<unknown[]> | undefined;
      await db.transaction(async (manager) => {
        await manager.query('INSERT INTO counters VALUES (1, 1)');
        seen = rows('SELECT n FROM counters'); // outside the transaction, asked while it is open
        await manager.query('UPDATE counters SET n = 2');
      });
      // A server answers at once with nothing, the one session of the embedded database afterwards with all.
      expect([[], [{ n: 2 }]]).toContainEqual(await seen);
    });

    it('count every one of many at once', async () => {
      await db.query('INSERT INTO counters VALUES (1, 0)');
      const increment = (): Promise<void> =>
        db.transaction(async (manager) => {
          const [row]: { n: number }[] = await manager.query('SELECT n FROM counters WHERE id = 1 FOR UPDATE');
          await manager.query('UPDATE counters SET n = $1 WHERE id = 1', [(row?.n ?? 0) + 1]);
        });
      await Promise.all(Array.from({ length: 40 }, increment));
      expect(await rows('SELECT n FROM counters')).toEqual([{ n: 40 }]);
    });

    it('do not mix with single queries asked meanwhile, nor with refused ones', async () => {
      const asked = Array.from({ length: 60 }, async (_, i) => {
        if (i % 3 === 0)
          return db.transaction<unknown>((manager) => manager.query('INSERT INTO counters VALUES ($1, $1)', [i]));
        if (i % 3 === 1)
          return expect(db.query('SELECT 1/($1::int - $1::int)', [i])).rejects.toMatchObject({ code: '22012' });
        return expect(rows('SELECT $1::int AS i', [i])).resolves.toEqual([{ i }]);
      });
      await Promise.all(asked);
      expect(await rows('SELECT count(*)::int AS n FROM counters')).toEqual([{ n: 20 }]);
    });
  });

  it('carries large texts both ways unharmed', async () => {
    const text = 'ü€😀'.repeat(400_000);
    const [row] = await rows<{ text: string; bytes: number }>(
      'SELECT $1::text AS text, octet_length($1::text) AS bytes',
      [text],
    );
    expect(row?.bytes).toBe(Buffer.byteLength(text));
    expect(row?.text === text).toBe(true);
  });
}
