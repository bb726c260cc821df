import { openPostgres, saySkipped, type TestDatabase } from '@relay/testing';
import { SemanticSpaces1763900039000 } from './1763900039000-semantic-spaces';

const databaseUrl = process.env.TEST_DATABASE_URL;
if (!databaseUrl) saySkipped('the index of semantic spaces under traffic, because TEST_DATABASE_URL is not set');

(databaseUrl ? describe : describe.skip)('the index of semantic spaces', () => {
  const migration = new SemanticSpaces1763900039000();
  let database: TestDatabase;
  const rows = <T>(sql: string): Promise<T[]> => database.dataSource.query(sql);
  const indexes = async (): Promise<string[]> => {
    const found = await rows<{ name: string }>(
      "SELECT indexname AS name FROM pg_indexes WHERE tablename = 'semantic_entries' AND indexname ~ '_(space|scope)$'",
    );
    return found.map(({ name }) => name);
  };

  beforeAll(async () => {
    database = await openPostgres(databaseUrl ?? '', 'relay_semantic_spaces');
  }, 60_000);
  afterAll(() => database.close());

  it('takes the place of that of scopes and gives it back, also where that broke off', async () => {
    const runner = database.dataSource.createQueryRunner();
    await migration.down(runner);
    expect(await indexes()).toEqual(['semantic_entries_scope']);
    await runner.query('CREATE INDEX semantic_entries_space ON semantic_entries (scope_id)'); // as far as it came
    await migration.up(runner);
    await migration.up(runner);
    expect(await indexes()).toEqual(['semantic_entries_space']);
    await runner.release();
  });

  it('waits for who reads and then writes, who does not wait for it', async () => {
    const runner = database.dataSource.createQueryRunner();
    const writer = database.dataSource.createQueryRunner();
    await migration.down(runner);
    await writer.startTransaction();
    await writer.query('SELECT count(*) FROM semantic_entries');
    const migrated = migration.up(runner);
    const waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'semantic_entries'::regclass";
    while ((await rows(waiting)).length === 0); // the test's own time-out ends it
    await writer.query("DELETE FROM semantic_entries WHERE scope_id = 's'");
    await writer.commitTransaction();
    await migrated;
    expect(await indexes()).toEqual(['semantic_entries_space']);
    await Promise.all([runner.release(), writer.release()]);
  });
});
