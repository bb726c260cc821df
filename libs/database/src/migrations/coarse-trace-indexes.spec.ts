import { openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { ensureDailyPartitions } from '../postgres/daily-partitions';
import { CoarseTraceIndexes1763900022100 } from './1763900022100-coarse-trace-indexes';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('indexes of days that are there, because TEST_DATABASE_URL is not set');

(databaseUrl ? describe : describe.skip)('the coarse indexes of traces', () => {
  const migration = new CoarseTraceIndexes1763900022100();
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openPostgres(databaseUrl ?? '', 'relay_coarse_indexes');
  }, 60_000);
  afterAll(() => database.close());

  it('are built on days that are there and on those to come, also where building them broke off', async () => {
    const { dataSource } = database;
    const runner = dataSource.createQueryRunner();
    const valid = async (): Promise<Record<string, number>> => {
      const rows: { name: string; days: number }[] = await dataSource.query(`
        SELECT parent.relname AS name, count(*)::int AS days FROM pg_inherits
        JOIN pg_class parent ON parent.oid = inhparent JOIN pg_index own ON own.indexrelid = inhrelid AND own.indisvalid
        WHERE parent.relname IN ('request_traces_cost', 'request_traces_tenant', 'request_traces_tenant_at') GROUP BY 1`);
      return Object.fromEntries(rows.map(({ name, days }) => [name, days]));
    };
    await ensureDailyPartitions(dataSource, Date.UTC(2026, 0, 1), 2);
    await migration.down(runner);
    expect(await valid()).toEqual({ request_traces_tenant_at: 2 });
    await dataSource.query(`CREATE INDEX request_traces_tenant_20260102 ON request_traces_20260102
      (tenant, (date_bin('10 minutes', at, '2000-01-01 00:00:00+00'::timestamptz)))`); // as far as it came
    await migration.up(runner);
    await migration.up(runner);
    await ensureDailyPartitions(dataSource, Date.UTC(2026, 0, 3), 1);
    expect(await valid()).toEqual({ request_traces_cost: 3, request_traces_tenant: 3 });
    await runner.release();
  });
});
