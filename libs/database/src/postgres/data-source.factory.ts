import { DataSource, type QueryRunner } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions';
import { connectWithRetry } from './connect';

/** Processes that start at the same time migrate one after the other ("MIGR" in ASCII). */
const MIGRATION_LOCK = 0x4d494752;

/** An initialised data source with every migration applied. */
export async function openDataSource(options: PostgresDataSourceOptions): Promise<DataSource> {
  const dataSource = new DataSource(options);
  if (options.url) await connectWithRetry(options.url, () => dataSource.initialize());
  else await dataSource.initialize();
  try {
    await migrate(dataSource, options.url !== undefined);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return dataSource;
}

async function migrate(dataSource: DataSource, shared: boolean): Promise<void> {
  if (!shared) {
    // The embedded database has one connection and one process: a lock held on another connection would wait for ever.
    await dataSource.runMigrations({ transaction: 'each' });
    return;
  }
  const runner = dataSource.createQueryRunner();
  try {
    // Waiting for another process's migrations may take longer than any other statement.
    await runner.query('SET statement_timeout = 0');
    await locked(runner, () => dataSource.runMigrations({ transaction: 'each' }));
    await runner.query('RESET statement_timeout');
  } finally {
    await runner.release();
  }
}

async function locked(runner: QueryRunner, work: () => Promise<unknown>): Promise<void> {
  await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await work();
  } catch (error) {
    // What went wrong is the news, even if the connection is gone; the lock goes with the connection.
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    throw error;
  }
  await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
}
