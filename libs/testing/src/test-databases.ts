import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { seedEmbedded } from './embedded-template';

export interface TestDatabase {
  readonly dataSource: DataSource;
  readonly url: string | undefined; // for other processes; the embedded one has none
  close(): Promise<void>;
}

/** Loaded only by those who open one: TypeORM takes a while. */
const stores = () => import('@relay/database');

/** A migrated database of its own on the server of TEST_DATABASE_URL. */
export async function openPostgres(serverUrl: string, name: string): Promise<TestDatabase> {
  const { dataSourceOptions, openDataSource } = await stores();
  const database = `${name}_${process.pid}`;
  await onServer(serverUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await onServer(serverUrl, `CREATE DATABASE ${database}`);
  const url = Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href;
  const dataSource = await openDataSource(dataSourceOptions({ DATABASE_URL: url }, null));
  const close = async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await onServer(serverUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  };
  return { dataSource, url, close };
}

/** A migrated embedded database in a folder of its own. */
export async function openEmbedded(): Promise<TestDatabase> {
  const { dataSourceOptions, EmbeddedPostgres, openDataSource } = await stores();
  const directory = mkdtempSync(join(tmpdir(), 'relay-test-'));
  await seedEmbedded(directory); // a migrated one is copied: half the time
  const embedded = new EmbeddedPostgres(directory);
  const dataSource = await openDataSource(dataSourceOptions({ DATABASE_URL: undefined }, embedded));
  const close = async () => {
    await dataSource.destroy();
    rmSync(directory, { recursive: true, force: true });
  };
  return { dataSource, url: undefined, close };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
